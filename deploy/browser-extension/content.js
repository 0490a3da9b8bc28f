// While somebody writes in a comment box: asks the background after a pause, and shows what it says below the box.
// It hears key presses and never the sending: nothing here can hold a comment back. What fails, fails silently.

const PAUSE_MS = 400, LOOK_AGAIN_MS = 200, STILL_HERE_MS = 65_000, MOST_KNOWN = 500;

/** By text; null where nothing is to be said. @type {Map<string, Heard | null>} */ const verdicts = new Map();
/** @type {Map<HTMLTextAreaElement, Writing>} */ const writings = new Map();
let on = false, where = ""; // not looked up yet

/** To the background; undefined where it does not answer, or is of a version that has gone. @type {Ask} */
async function ask(what, rest = {}) {
	try { return await chrome.runtime.sendMessage({ what, place: placeOf(location), ...rest }); } catch { return undefined; }
}

/** What somebody writes in one box. */
class Writing {
	/** @param {HTMLTextAreaElement} box */
	constructor(box) { this.box = box; }
	hint = new Hint();
	text = "";
	/** What was answered already. */ settled = new Set();
	quiet = false;
	/** @type {Heard | null} */ shown = null;
	/** @type {any} */ note = "";
	at = ""; // the text that the note is about
	timer = 0;
	asking = false;

	get silent() { return !on || !this.text || this.quiet; }
	/** At every key press: compares, and sets a timer. */
	hear() {
		const text = this.box.value.trimEnd();
		if (text === this.text) return;
		this.text = text;
		if (text.length < 2) this.fresh(); // sent, or begun anew
		this.draw();
		clearTimeout(this.timer);
		if (!this.silent && !verdicts.has(text)) this.timer = setTimeout(() => this.check(text), PAUSE_MS);
	}
	/** One at a time; the newest text follows. @param {string} text */
	async check(text) {
		if (this.asking || !this.box.isConnected) return;
		this.asking = true;
		const answer = await ask("check", { text });
		this.asking = false;
		if (verdicts.size > MOST_KNOWN) verdicts.clear();
		if (answer) verdicts.set(text, answer.heard);
		this.hear(); // the page may have emptied the box meanwhile
		if (text === this.text) this.draw();
		else this.again();
	}
	fresh() {
		this.settled.clear();
		this.quiet = false;
		this.note = "";
	}
	again() {
		this.text = "";
		this.hear();
	}
	/** What is still to be said. */
	get open() {
		const verdict = this.silent ? null : verdicts.get(this.text);
		return verdict && !this.settled.has(verdict.sign) ? verdict : null;
	}
	/** An older hint stays, out of reach, while its words are still there. */
	draw() {
		const { text, shown: old } = this;
		const stale = !this.silent && old && !verdicts.has(text) && old.words.every((word) => text.includes(word));
		if (!stale) this.shown = this.open;
		if (on) this.hint.place(this.box);
		this.hint.more.inert = Boolean(stale);
		this.hint.draw(this.shown, on && this.note && this.at === text ? this.note : "", this.acts);
		watch();
	}
	/** Says something about the text as it is now, and goes back to it. @param {any} note */
	say(note) {
		this.note = note;
		this.at = this.text;
		this.draw();
		this.box.focus();
	}
	/** @param {string} answer */
	settle(answer, note = /** @type {any} */ ("")) {
		const about = this.shown;
		if (!about) return;
		this.settled.add(about.sign);
		ask("feedback", { about, answer });
		this.say(note);
	}
	acts = {
		keep: () => this.settle("kept"),
		wrong: () => this.settle("wrong", "Noted. That is worth knowing."),
		notNow: () => {
			const norm = this.shown?.norm;
			const hour = () => this.silence("quiet", {}, "Quiet for an hour.");
			const out = () => this.silence("leave out", { norm }, "Left out from now on. Tactful's settings bring it back.");
			this.quiet = true;
			this.settle("not_now", [h("span", {}, "Quiet for this comment."), button("Quiet for an hour", hour),
				button("Leave this norm out", out)]);
		},
		use: () => {
			const about = this.shown, wording = about?.suggestion?.wording;
			if (!about || typeof wording !== "string" || about.text !== this.text) return;
			if (!this.write(wording)) return this.say("This box takes no text from here. Select the wording and copy it.");
			ask("feedback", { about, answer: "used" });
			this.say([h("span", {}, "The wording is in your comment."), button("Undo", () => {
				if (this.text !== wording.trimEnd()) return;
				this.write(about.text);
				this.say("");
			})]);
		},
	};
	/** @type {Silence} */
	async silence(what, rest, note) {
		const done = await ask(what, rest);
		verdicts.clear();
		this.say(done ? note : "");
	}
	/** As if typed, so that the page sees it and the browser's own undo knows it. @param {string} text */
	write(text) {
		const { box } = this;
		box.focus();
		box.select();
		if (!document.execCommand("insertText", false, text) || box.value !== text) {
			box.value = text;
			box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText", data: text }));
		}
		this.hear();
		return box.value === text;
	}
}

/** Pages empty and replace their boxes without a key press. */
function lookAgain() {
	looking = 0;
	for (const [box, writing] of writings) {
		if (box.isConnected) {
			if (on) writing.hint.place(box);
			writing.hear();
		} else {
			writing.hint.remove();
			writings.delete(box);
		}
	}
	watch();
}
let looking = 0;
const observer = new MutationObserver(() => { looking ||= setTimeout(lookAgain, LOOK_AGAIN_MS); });
/** Only while there is something to lose by it. */
function watch() {
	observer.disconnect();
	const open = [...writings.values()].some(({ shown, note, quiet, settled }) => shown || note || quiet || settled.size);
	if (open) observer.observe(document, { childList: true, subtree: true });
}

/** @param {Event} event */
async function see({ target, type }) {
	const box = boxAt(target);
	if (!box) return;
	const writing = writings.get(box) ?? new Writing(box);
	writings.set(box, writing);
	if (type === "input" && where) return writing.hear();
	await lookUp();
	lookAgain();
	writing.again();
}
/** Whether anything is asked here; this also wakes the background before it is needed. */
async function lookUp() {
	const here = `at ${placeOf(location)?.project}`;
	if (here !== where) verdicts.clear();
	where = here;
	on = Boolean((await ask("state"))?.on);
}
document.addEventListener("focusin", see, true);
document.addEventListener("input", see, true);

/** While somebody is at the page, the background may ask what waits for them, once a minute at most. It answers nothing. */
const present = () => { if (document.hasFocus()) ask("notes"); };
addEventListener("focus", present);
setInterval(present, STILL_HERE_MS);
present();

chrome.runtime.onMessage.addListener((message, sender, answer) => {
	if (sender.id === chrome.runtime.id && message === "page") {
		answer({ origin: location.origin, place: placeOf(location), ...survey(document) });
	}
});
