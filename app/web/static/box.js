// While somebody types, ask for the verdict and put it below the box. Without this module the form posts itself.

const PAUSE_MS = 400;
const FRAGMENT = "text/vnd.tactful.fragment+html";

const form = document.querySelector("#box");
const verdict = document.querySelector("#verdict");
const spoken = document.querySelector("#spoken");

if (form) {
  const box = form.elements.namedItem("text");
  let timer = 0;
  let asked = box.value;
  let latest = null; // what is on its way; an answer to anything earlier is dropped

  const show = (html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    verdict.replaceChildren(...parsed.body.childNodes);
    // One sentence is read aloud, not the comment somebody has just written themselves.
    spoken.textContent = verdict.querySelector("[data-says]")?.dataset.says ?? "";
    verdict.dispatchEvent(new Event("shown"));
  };

  const ask = () => {
    clearTimeout(timer);
    if (box.value !== asked) send(box.value, new URLSearchParams({ text: box.value }));
  };

  const send = async (text, body) => {
    clearTimeout(timer);
    asked = text;
    latest?.abort();
    const mine = (latest = new AbortController());
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: FRAGMENT },
        body,
        signal: mine.signal,
      });
      const html = await answer.text();
      if (mine !== latest) return;
      show(html);
      if (answer.status === 429 || answer.status === 503) {
        const wait = Number(answer.headers.get("Retry-After")) || 60;
        asked = null;
        timer = setTimeout(ask, wait * 1000);
      }
    } catch {
      if (mine !== latest) return;
      asked = null;
      verdict.replaceChildren(Object.assign(document.createElement("p"), {
        className: "calm",
        textContent: "Tactful could not be reached. Your text is still in the box; write on, or try again in a while.",
      }));
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    asked = null;
    ask();
  });
  // A wording is put into the box, or taken out of it again; what comes back is what the form would have shown.
  verdict.addEventListener("submit", (event) => {
    const taken = event.target.closest(".take");
    if (!taken) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(taken, event.submitter));
    box.value = fields.get(fields.get("do") === "keep" ? "before" : "text").replaceAll("\r\n", "\n");
    box.focus();
    send(box.value, fields);
  });
  document.querySelector("#examples")?.addEventListener("submit", (event) => {
    event.preventDefault();
    box.value = event.submitter.value;
    box.focus();
    ask();
  });
}
