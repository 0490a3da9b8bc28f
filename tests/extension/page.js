// The page's own side of a box: it holds the text, hears it change, and sends it. `sent` is what arrived, `took` how long
// after the press; `heard` is the text as the page knows it.
window.sent = [];
window.took = [];
window.heard = "";
const box = document.querySelector("textarea");
const react = document.body.dataset.react === "true";

function send(began) {
	window.took.push(performance.now() - began);
	window.sent.push(react ? window.heard : box.value);
	const comment = document.createElement("p");
	comment.textContent = window.sent.at(-1);
	document.querySelector("#sent").append(comment);
	if (react) write(""); else box.value = ""; // neither fires an event
}

// A controlled box as React makes it: assignments by the page's own scripts are tracked, an event without a change against
// what was tracked is dropped, and what is not in the state is drawn over.
let tracked = "", native;
const write = (value) => { window.heard = value; box.value = value; };
if (react) {
	native = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
	Object.defineProperty(box, "value", {
		configurable: true,
		get() { return native.get.call(this); },
		set(value) { tracked = value; native.set.call(this, value); },
	});
	document.addEventListener("input", () => {
		const value = native.get.call(box);
		if (value === tracked) return;
		tracked = value;
		window.heard = value;
	});
	setInterval(() => { if (native.get.call(box) !== window.heard) write(window.heard); }, 50);
} else {
	document.addEventListener("input", () => { window.heard = box?.value ?? ""; });
}
let began = 0;
for (const button of document.querySelectorAll("form button, .submit")) {
	button.addEventListener("pointerdown", () => { began = performance.now(); });
	if (button.matches(".submit")) button.addEventListener("click", () => send(began));
}
document.querySelector("form")?.addEventListener("submit", (event) => { event.preventDefault(); send(began); });
