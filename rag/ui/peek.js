// The quotation that shows over the page while its [n] is pointed at or reached by the keyboard (drawn by style.css).
// Which of the two is said on the body, so that there is one at a time and a redrawn thread keeps it. It is to be read,
// never to be in the way: a press, Escape, or the mouse going elsewhere ends it until another citation is reached.
(() => {
  const body = () => document.body;
  const cited = (event) => event.target.closest?.("a.cite");

  const hide = () => body().classList.remove("peek-hover", "peek-focus");

  // Above the sentence where there is room: what belongs to an answer, its buttons too, stands below it.
  const place = (link) => {
    body().classList.remove("peek-above");
    body().style.removeProperty("--peek-room");
    const height = parseFloat(getComputedStyle(link, "::after").height) || 0;
    const sentence = link.offsetParent.getBoundingClientRect();
    const panel = link.closest(".panel-body")?.getBoundingClientRect(); // it scrolls by itself and cuts off what is outside
    const composer = document.querySelector("#composer").getBoundingClientRect(); // it stays at the window's lower edge
    const over = sentence.top - Math.max(0, panel?.top ?? 0);
    const under = Math.min(innerHeight, panel ? panel.bottom : composer.top) - sentence.bottom;
    const above = height <= over || over > under;
    body().classList.toggle("peek-above", above);
    body().style.setProperty("--peek-room", `${above ? over : under}px`);
  };

  const show = (link, how) => {
    hide();
    body().classList.add(`peek-${how}`);
    place(link);
  };

  document.addEventListener("mouseover", (event) => {
    if (cited(event)) show(cited(event), "hover");
  });
  document.addEventListener("focusin", (event) => {
    if (cited(event)?.matches(":focus-visible")) show(cited(event), "focus"); // by the keyboard, not by a click
  });
  document.addEventListener("mousemove", (event) => {
    // Some browsers tell a page that scrolls beneath a resting mouse as a move too, of no distance.
    const moved = event.movementX || event.movementY;
    if (moved && !cited(event)) hide();
  });
  document.addEventListener("pointerdown", hide);
  document.addEventListener("click", (event) => {
    if (cited(event)) hide(); // a tap points first, then clicks; the panel has the quotation now
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
})();
