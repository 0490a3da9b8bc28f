// Shows the copy buttons where the browser lets a page copy, and says so when it is done.

const reveal = () => {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
};

if (navigator.clipboard) {
  reveal();
  document.querySelector("#verdict")?.addEventListener("shown", reveal);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const says = button.parentElement.querySelector(".copied");
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      says.textContent = "Copied.";
    } catch {
      says.textContent = "The browser did not allow it; select the wording to copy it.";
    }
  });
}
