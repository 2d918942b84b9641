// What history and feedback share: a list kept in this browser, and a file made of it for the reader.

// The list under ``key`` of localStorage. What is damaged counts as nothing; ``keep`` says whether there was room.
temoin.store = (key) => ({
  all: () => {
    try {
      const kept = JSON.parse(localStorage.getItem(key) || "[]");
      return Array.isArray(kept) ? kept.filter((one) => one && typeof one === "object") : [];
    } catch {
      return [];
    }
  },
  keep: (kept) => {
    try {
      localStorage.setItem(key, JSON.stringify(kept));
      return true;
    } catch {
      return false; // the browser's room is used up
    }
  },
  clear: () => localStorage.removeItem(key),
});

temoin.download = (name, kind, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
