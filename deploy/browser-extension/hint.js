// The quiet line under a box: an element of our own in a closed shadow root, so that the page can neither read nor press
// it. Texts only ever become text nodes.

const STYLE = `
	:host { all: initial; color: var(--fgColor-default, CanvasText); color-scheme: inherit; display: block;
		font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; text-align: start; }
	:host(.silent) { position: absolute; }
	:host(.said) { background: var(--bgColor-muted, light-dark(#f6f8fa, #151b23)); border-radius: 0 6px 6px 0;
		border-inline-start: 3px solid var(--fgColor-accent, light-dark(#0969da, #4493f8)); margin: 8px; padding: 10px 14px; }
	p { margin: 0 0 8px; overflow-wrap: anywhere; }
	p:empty { display: none; }
	mark { background: light-dark(#f8e3a0, #5d4c17); border-radius: 3px; color: inherit; padding: 1px 3px; }
	.wording { border-inline-start: 2px solid var(--borderColor-default, light-dark(#d1d9e0, #3d444d)); max-height: 12em;
		overflow: auto; padding-inline-start: 10px; white-space: pre-line; }
	.acts { align-items: baseline; display: flex; flex-wrap: wrap; gap: 8px; margin: 0; }
	div + .acts, p + .acts { margin-top: 10px; }
	button { background: var(--bgColor-default, Canvas); border: 1px solid light-dark(#818b98, #656c76); border-radius: 6px;
		color: inherit; cursor: pointer; font: inherit; min-height: 32px; padding: 4px 12px; }
	button:hover { text-decoration: underline; }
	.first { background: light-dark(#1d5561, #9fd0d9); border-color: transparent; color: light-dark(#fff, #10282d); }
	:focus-visible { outline: 2px solid var(--fgColor-accent, light-dark(#0969da, #4493f8)); outline-offset: 2px; }
	[inert] { opacity: .6; }
	/* It comes where a button of the page was: a press that was meant for that one is nobody's. */
	[role=group] { animation: settle 300ms steps(1, end); }
	@keyframes settle { from { pointer-events: none; } to { pointer-events: auto; } }`;

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);

/** An element; strings among its children stay text. @type {Make} */
function h(tag, props, ...children) {
	const element = Object.assign(document.createElement(tag), props);
	element.append(...children.flat(2).filter(Boolean));
	return element;
}
/** @type {Button} */
const button = (name, onclick, className = "") => h("button", { type: "button", onclick, className }, name);

class Hint {
	host = h("tactful-hint", { className: "silent" });
	live = h("div", { ariaLive: "polite" });
	more = h("div", {});
	/** @type {unknown[]} */ drawn = [];

	constructor() {
		const root = this.host.attachShadow({ mode: "closed" });
		root.append(this.live, this.more);
		root.adoptedStyleSheets = [SHEET]; // not an element, which a page's policy could refuse
	}
	/** Beside the box, also where the page has taken it away meanwhile. @param {HTMLTextAreaElement} box */
	place(box) {
		if (!this.host.isConnected) below(box).after(this.host);
	}
	/** Draws what is to be said, or nothing; only where that is something else than before. @type {Draw} */
	draw(about, note, acts) {
		if (about === this.drawn[0] && note === this.drawn[1]) return;
		this.drawn = [about, note];
		this.host.className = about || note ? "said" : "silent";
		this.live.replaceChildren(
			note ? h("div", { className: "acts" }, note) : "", about ? said(about) : "");
		this.more.replaceChildren(about ? card(about, acts) : "");
	}
	remove() { this.host.remove(); }
}

/** @param {Heard} about */
const said = ({ words, norm }) => h("div", {},
	h("p", {}, words.slice(0, 3).map((word) => [h("mark", { dir: "auto" }, word), " "])), h("p", {}, norm.says));

/** @type {Card} */
function card({ suggestion }, acts) {
	const wording = suggestion?.wording;
	return h("div", { role: "group", ariaLabel: "Tactful, to you alone" }, h("p", {}, suggestion?.advice),
		wording && h("p", { className: "wording", dir: "auto", tabIndex: 0 }, wording),
		h("div", { className: "acts" }, wording && button("Use this wording", acts.use, "first"),
			button("Keep mine", acts.keep), button("This was wrong", acts.wrong), button("Not now", acts.notNow)));
}
