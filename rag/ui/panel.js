// The page's behaviour in the browser: links and buttons become events of their Gradio component, the
// panel scrolls to its mark, the clock ticks. No text is written here: it all comes from texts.py.
window.temoin = (() => {
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = () => matchMedia("(max-width: 899px)").matches;
  const scroll = (node, block) => node.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });
  let opener = null; // what had the focus when the sheet was opened: it gets it back

  const sheet = (open) => {
    const was = document.body.classList.contains("sheet-open");
    document.body.classList.toggle("sheet-open", open);
    if (was && !open && opener && opener.isConnected) opener.focus();
  };

  const copy = async (button) => {
    const text = button.nextElementSibling.textContent;
    const menu = button.closest("details");
    const summary = menu.querySelector("summary");
    let said = summary.dataset.copied;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = summary.dataset.failed;
    }
    const label = summary.dataset.label;
    summary.textContent = said;
    menu.open = false;
    summary.focus();
    setTimeout(() => { summary.textContent = label; }, 1600);
  };

  const goto = (id) => {
    sheet(false);
    const target = document.getElementById(id);
    if (!target) return;
    scroll(target, "center");
    target.classList.add("flash");
    setTimeout(() => target.classList.remove("flash"), 1600);
    const link = target.querySelector("a.cite");
    if (link) link.focus({ preventScroll: true });
  };

  // What cannot be undone asks once more, in place.
  const askAgain = (button, confirm) => {
    const label = button.textContent;
    button.textContent = confirm;
    setTimeout(() => { if (button.textContent === confirm) button.textContent = label; }, 4000);
  };

  // One listener a component: places open, buttons do what their data-do says.
  const listen = (element, trigger) => element.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-doc]");
    const button = event.target.closest("[data-do]");
    if (link) {
      event.preventDefault();
      if (!element.closest("#panel")) opener = link;
      const { x, n, doc, start, end } = link.dataset;
      trigger("open", { x: +x, n: +n, document: doc, start: +start, end: +end });
      if (narrow()) sheet(true);
    } else if (button) {
      event.preventDefault();
      const { do: what, x, k, question, target, id, confirm } = button.dataset;
      if (what === "copy") copy(button);
      else if (what === "goto") goto(target);
      else if (what === "close") sheet(false);
      else if (confirm && button.textContent !== confirm) askAgain(button, confirm);
      else {
        if (what === "compare") { opener = button; if (narrow()) sheet(true); }
        trigger(what, { x: +(x ?? -1), k: +(k ?? -1), question: question ?? "", id: id ?? "" });
      }
    }
  });

  const thread = (element, trigger, watch) => {
    listen(element, trigger);
    temoin.thumbs(element, watch);
    const box = element.closest("#thread-box") || element;
    let asked = 0;
    watch("value", () => {
      const articles = element.querySelectorAll("article.exchange");
      if (articles.length > asked) { // a new question: bring it to the top, once, then leave the reader alone
        asked = articles.length;
        requestAnimationFrame(() => scroll(articles[asked - 1], "start"));
      }
      asked = articles.length;
    });
    let since = 0;
    setInterval(() => {
      const clock = element.querySelector(".running .clock");
      if (!clock) { since = 0; return; }
      since = since || performance.now();
      clock.textContent = ((performance.now() - since) / 1000).toFixed(0) + " s";
    }, 250);
    return box;
  };

  const panel = (element, trigger, watch) => {
    listen(element, trigger);
    let shown = "";
    watch("value", () => requestAnimationFrame(() => {
      const marks = element.querySelectorAll("mark.here");
      const now = [...marks].map((mark) => mark.textContent).join("\n");
      marks.forEach((mark) => {
        const text = mark.closest(".text");
        if (text.scrollHeight > text.clientHeight + 1) {
          text.scrollTop = mark.offsetTop - text.offsetTop - text.clientHeight / 3;
        } else scroll(mark, "center");
      });
      if (now && now !== shown && narrow()) element.querySelector(".close")?.focus({ preventScroll: true });
      shown = now;
    }));
  };

  // Files dropped on the list go the way of the upload button.
  const shelf = (element, trigger) => {
    listen(element, trigger);
    element.addEventListener("dragover", (event) => { event.preventDefault(); element.classList.add("over"); });
    element.addEventListener("dragleave", () => element.classList.remove("over"));
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      element.classList.remove("over");
      const input = document.querySelector("input[type=file]");
      if (!input || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") sheet(false);
    if (!event.altKey) return;
    const step = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    const link = step && document.querySelector(`#panel a.step.${step}`);
    if (link) { event.preventDefault(); link.click(); }
  });

  // The header says in which language the page is; it is shown once it knows.
  const header = (element, trigger, watch) => {
    listen(element, trigger);
    const ready = () => {
      if (document.body.classList.contains("ready")) return;
      document.body.classList.add("ready");
      if (!narrow()) document.querySelector("#question textarea")?.focus(); // on a phone the keyboard would cover the page
    };
    const show = () => {
      const code = element.querySelector("[data-language]")?.dataset.language;
      if (!code) return;
      document.documentElement.lang = code;
      localStorage.setItem("temoin-language", code);
      ready();
    };
    watch("value", show);
    setTimeout(ready, 3000);
  };

  const browserLanguage = () => {
    const kept = localStorage.getItem("temoin-language");
    const first = (kept || navigator.language || "en").toLowerCase();
    return first.startsWith("fr") ? "fr" : "en";
  };

  const focus = () => document.querySelector("#question textarea")?.focus();

  return { focus, header, thread, panel, shelf, browserLanguage, askAgain };
})();
