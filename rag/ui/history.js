// Conversations kept in this browser. Nothing is kept before the reader switches it on; nothing leaves it
// but the record of a conversation that is opened again. All text is set as text, never as HTML.
(() => {
  const SWITCH = "temoin-keep";
  const { all, keep, clear } = temoin.store("temoin-conversations");
  let current = null; // the id under which the conversation on the page is kept
  let draw = () => {};

  const on = () => localStorage.getItem(SWITCH) === "on";
  const change = (id, how) => { keep(all().flatMap((one) => (one.id === id ? how(one) : [one]))); draw(); };

  // The hidden record changed: the conversation on the page grew, or a new one began.
  temoin.record = (element, trigger, watch) => watch("value", () => {
    const text = element.querySelector("pre")?.textContent;
    if (!text) { current = null; return; }
    if (!on()) return;
    const record = JSON.parse(text);
    current = current || Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    const before = all().find((one) => one.id === current);
    const entry = { id: current, saved: new Date().toISOString(), title: before?.title || record.title, record: text };
    const full = !keep([entry, ...all().filter((one) => one.id !== current)]);
    draw(full);
  });

  const rename = (one, row) => {
    const input = document.createElement("input");
    input.value = one.title;
    input.maxLength = 120;
    input.setAttribute("aria-label", row.querySelector(".kept-title").textContent);
    row.querySelector(".kept-title").replaceWith(input);
    input.focus();
    const done = () => change(one.id, (old) => [{ ...old, title: input.value.trim() || old.title }]);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") done();
      if (event.key === "Escape") draw();
    });
    input.addEventListener("blur", done, { once: true });
  };

  const row = (one, words, trigger) => {
    const item = document.createElement("li");
    const title = document.createElement("span");
    title.className = "kept-title";
    title.textContent = one.title;
    const when = document.createElement("time");
    when.className = "aside";
    when.dateTime = one.saved;
    const code = document.documentElement.lang; // the page's language, in the reader's own variety of it
    const locale = navigator.languages.find((one) => one.startsWith(code)) || code;
    when.textContent = new Date(one.saved).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
    item.append(title, when);
    const act = (word, does) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = word === "delete" ? "quiet danger" : "quiet";
      button.textContent = words[word];
      button.addEventListener("click", () => does(button));
      item.append(button);
    };
    act("open", () => {
      current = one.id;
      trigger("restore", { record: one.record });
      document.querySelector('#tabs [role="tab"]')?.click();
    });
    act("rename", () => rename(one, item));
    act("export_markdown", () => temoin.download("temoin.md", "text/markdown", JSON.parse(one.record).markdown));
    act("export_json", () => temoin.download("temoin.json", "application/json", one.record));
    act("delete", (button) => {
      if (button.textContent !== words.delete_confirm_kept) { temoin.askAgain(button, words.delete_confirm_kept); return; }
      if (current === one.id) current = null;
      change(one.id, () => []);
    });
    return item;
  };

  temoin.history = (element, trigger, watch) => {
    draw = (full = false) => {
      const box = element.querySelector(".history");
      if (!box) return;
      const words = JSON.parse(box.dataset.words);
      const kept = all();
      const list = document.createElement("ul");
      list.className = "shelf";
      list.append(...kept.map((one) => row(one, words, trigger)));
      const note = document.createElement("p");
      note.className = full ? "notice" : "aside";
      note.textContent = full ? words.keeping_full : kept.length ? "" : words.none_kept;
      box.querySelector(".kept").replaceChildren(note, list);
      box.querySelector(".keep-switch").checked = on();
      box.querySelector(".kept-all").hidden = kept.length === 0;
    };
    element.addEventListener("change", (event) => {
      if (!event.target.matches(".keep-switch")) return;
      localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
      draw();
    });
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do=forget]");
      if (!button) return;
      const { confirm } = button.dataset;
      if (button.textContent !== confirm) { temoin.askAgain(button, confirm); return; }
      current = null;
      clear();
      draw();
    });
    watch("value", () => draw());
    draw();
  };
})();
