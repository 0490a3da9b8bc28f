// While a slider moves, ask what it would have meant and put it in place. Without this module the form shows it by a button.

const FRAGMENT = "text/vnd.tactful.fragment+html";

const form = document.querySelector("#sliders");
const replay = document.querySelector("#replay");
const spoken = document.querySelector("#spoken"); // a status is read out only where it stays and its words change

if (form && replay) {
  let latest = null; // what is on its way; an answer to anything earlier is dropped
  let waiting = false; // one more is to be asked for when this one is here
  document.querySelector("#by-hand").hidden = true;

  const said = (slider) => {
    const value = slider.dataset.stops.split(" ")[slider.value];
    return value === "0" ? "never" : `${value} in 1,000`;
  };

  const name = (slider) => {
    form.querySelector(`output[for="${slider.id}"]`).textContent = said(slider);
    slider.setAttribute("aria-valuetext", said(slider));
  };

  const ask = async () => {
    if (latest) {
      waiting = true;
      return;
    }
    const fields = new URLSearchParams(new FormData(form));
    for (const kept of ["why", "version", "act"]) fields.delete(kept);
    latest = new AbortController();
    replay.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${form.action}?${fields}`, { headers: { Accept: FRAGMENT }, signal: latest.signal });
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      replay.replaceChildren(...parsed.body.childNodes);
      spoken.textContent = document.querySelector("#sentence")?.textContent ?? "";
    } catch {
      replay.replaceChildren(Object.assign(document.createElement("p"), {
        className: "calm",
        textContent: "Tactful could not be reached. The sliders stand as you left them; move one to try again.",
      }));
    }
    replay.removeAttribute("aria-busy");
    latest = null;
    if (waiting) {
      waiting = false;
      ask();
    }
  };

  for (const slider of form.querySelectorAll("input[type=range]")) {
    name(slider);
    slider.addEventListener("input", () => {
      name(slider);
      ask();
    });
  }
  for (const choice of form.querySelectorAll("select")) choice.addEventListener("change", ask);
}
