// Readers' thumbs and comments, kept in this browser and sent nowhere, each as the line that eval/feedback.py
// reads: {question, history, answer, status, citations, verdict, comment}. The thread is redrawn with every
// thumb unpressed and is told here what was pressed. All text is set as text, never as HTML.
(() => {
  const { all, keep, clear } = temoin.store("temoin-feedback");
  let press = () => {}; // the thumbs of the thread
  let count = () => {}; // the history tab, once it is laid out

  // Every answer of the thread with what feedback on it is about; what was said before it stands above it.
  const answers = (thread) => {
    const said = [];
    return [...thread.querySelectorAll(".told")].flatMap((node) => {
      const { turns, ...rest } = JSON.parse(node.textContent);
      const [question, answer] = turns.map((turn) => turn.content);
      const history = [...said];
      said.push(...turns);
      const article = node.closest("article");
      return answer === undefined ? [] : [{ article, about: { question, history, answer, ...rest } }];
    });
  };
  const same = (one, other) => one.question === other.question && one.answer === other.answer
    && JSON.stringify(one.history) === JSON.stringify(other.history);

  const judge = (thread, node, verdict) => {
    const { article, about } = answers(thread).find((one) => one.article.contains(node));
    const comment = article.querySelector(".comment").value.trim();
    const others = all().filter((one) => !same(one, about));
    const kept = keep(verdict ? [...others, { ...about, verdict, comment }] : others);
    press();
    count();
    const status = article.querySelector(".feedback [role=status]");
    status.className = kept ? "sr" : "notice";
    status.textContent = kept ? (verdict ? status.dataset.saved : "") : status.dataset.full;
    return kept;
  };

  const save = (thread, form) => {
    const verdict = form.closest("article").querySelector('.thumb[aria-pressed="true"]').dataset.verdict;
    if (!judge(thread, form, verdict)) return;
    const button = form.querySelector(".save");
    button.textContent = form.nextElementSibling.dataset.saved;
    setTimeout(() => { button.textContent = button.dataset.label; }, 1600);
  };

  temoin.thumbs = (thread, watch) => {
    press = () => {
      const kept = all();
      for (const { article, about } of answers(thread)) {
        const mine = kept.find((one) => same(one, about));
        for (const thumb of article.querySelectorAll(".thumb")) {
          thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === mine?.verdict));
        }
        const comment = article.querySelector(".comment");
        const known = about.question + about.answer;
        if (!mine || comment.known !== known) comment.value = mine?.comment ?? ""; // else leave what is being written
        comment.known = mine && known;
      }
    };
    thread.addEventListener("click", (event) => {
      const thumb = event.target.closest(".thumb"); // pressed again, it is taken back
      if (thumb) judge(thread, thumb, thumb.getAttribute("aria-pressed") === "true" ? null : thumb.dataset.verdict);
    });
    thread.addEventListener("submit", (event) => {
      event.preventDefault();
      save(thread, event.target);
    });
    watch("value", press);
    press();
  };

  temoin.feedback = (element, trigger, watch) => {
    count = () => {
      const box = element.querySelector(".feedback-kept");
      if (!box) return;
      const kept = all();
      box.hidden = kept.length === 0;
      box.querySelector(".count").textContent = kept.length;
    };
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (!button) return;
      const { do: what, confirm } = button.dataset;
      if (what === "export") {
        const lines = all().map((one) => JSON.stringify(one) + "\n");
        temoin.download("temoin-feedback.jsonl", "application/jsonl", lines.join(""));
      } else if (button.textContent !== confirm) temoin.askAgain(button, confirm);
      else {
        clear();
        press();
        count();
      }
    });
    watch("value", () => count());
    count();
  };
})();
