// Files are looked at before they are sent: one of a wrong kind or too large would come back, after minutes, as a bare
// error. What may be sent stands in the markup (changing.py), and the server says the reasons in the reader's language.
temoin.uploads = (element, trigger) => {
  const judge = (files) => {
    const { kinds, most } = element.querySelector(".refused").dataset;
    let sum = 0; // they go in one request
    return files.map((file) => {
      if (!kinds.split(" ").some((kind) => file.name.toLowerCase().endsWith(kind))) return [file, "kind"];
      if (file.size > +most) return [file, "large"];
      if (sum + file.size > +most) return [file, "sum"];
      sum += file.size;
      return [file, ""];
    });
  };

  // Captured, so that Gradio's own listener finds only what may be sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file]")) return;
    const judged = judge([...input.files]);
    trigger("refuse", { files: judged.filter(([, why]) => why).map(([file, why]) => [file.name, why]) });
    const good = new DataTransfer();
    for (const [file, why] of judged) if (!why) good.items.add(file);
    input.files = good.files;
    if (!good.files.length) event.stopPropagation();
  }, true);
};
