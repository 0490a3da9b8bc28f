// Tactful in Gerrit's page: a private word to the writer of a comment while it is a draft.
// Texts only ever become text nodes. What fails, fails silently: typing, saving and sending never wait for it,
// but for one second where somebody asked to be paused before sending.
{ // Gerrit's plugins share one scope; what is in this block stays ours.
const SERVICE = "";
const SERVER = "";

const PAUSE_MS = 400, ANSWER_MS = 8000, GATE_MS = 1000, REST_MS = 5000, LONGEST_REST_MS = 300_000;
const MOST_TEXTS = 64, MOST_KNOWN = 500;
const YES = `Turning it on is your yes to this: what you write in comments here goes to ${SERVICE}, which answers \
you alone and keeps none of it; comments that you publish here may be read there too, and are kept for some days.`;

/** @type {RestApi} */ let api;
let gerrit = 99; // 3.what; versions of another form count as new
/** @type {any} */ let about;
let place = "", rest = { times: 0, until: 0 };
/** What this browser keeps. @type {Kept} */ let mine = {};
/** By text; null where nothing is to be said. @type {Map<string, Heard | null>} */ const verdicts = new Map();
const asked = new Map(); // what is under way
/** By comment id. @type {Map<string, Answers>} */ const answers = new Map();
/** @type {Set<Part>} */ const parts = new Set();

const hints = () => [...parts].filter((part) => part instanceof Hint);
const isOn = () => mine.token && !mine.paused;
const random = () => crypto.getRandomValues(new Uint32Array(6)).join("-");
/** The named element around a node, through shadow roots. @type {Around} */
function around(node, name) {
	do node = node.getRootNode().host; while (node && node.localName !== name);
	return node;
}
/** An element; strings among its children stay text. @type {Make} */
function h(tag, props, ...children) {
	const element = Object.assign(document.createElement(tag), props);
	element.append(...children.flat(2).filter(Boolean));
	return element;
}
/** @type {Button} */
const button = (name, onclick, className = "") => h("button", { id: name, onclick, className }, name);

const refresh = () => parts.forEach((part) => part.refresh());
function load() {
	try { mine = JSON.parse(localStorage[place] ?? "{}"); } catch { mine = {}; }
	refresh();
}
/** @param {Kept} changes */
function keep(changes) {
	const after = JSON.stringify({ ...mine, ...changes });
	if (after === JSON.stringify(mine)) return;
	mine = JSON.parse(after);
	try { localStorage[place] = after; } catch { /* a closed store: until the page is left */ }
	refresh();
}

// --- the service ---

/** Posts a body; deletes where there is none. @type {Call} */
async function call(path, body) {
	const headers = { "Content-Type": "application/json", ...(mine.token && { Authorization: `Bearer ${mine.token}` }) };
	const answer = await fetch(`${SERVICE}/v1/${path}`, {
		method: body ? "POST" : "DELETE", body: body && JSON.stringify(body), headers, credentials: "omit",
		signal: AbortSignal.timeout(ANSWER_MS),
	}).catch(() => null);
	const said = await answer?.json().catch(() => null);
	if (answer?.ok) return said ?? {};
	const message = said?.message ?? "Tactful did not answer. Nothing was changed.";
	throw { message, status: answer?.status };
}
/** Its project's own settings hold. @type {Here} */
function here() {
	const [, project, id] = /\/c\/(.+?)\/\+\/(\d+)/.exec(location.pathname)?.map(decodeURIComponent) ?? [];
	return project ? { platform: "gerrit", server: SERVER, project, change: `${project}~${id}` } : undefined;
}
/** Asks what nobody asked yet; never throws. @type {Texts} */
async function check(texts) {
	const { project } = here() ?? {};
	if (project !== about) verdicts.clear();
	about = project;
	const news = [...new Set(texts)].filter((text) => !verdicts.has(text) && !asked.has(text));
	if (news.length && Date.now() >= rest.until) {
		const answer = ask(news).finally(() => news.forEach((text) => asked.delete(text)));
		news.forEach((text) => asked.set(text, answer));
	}
	await Promise.all(texts.map((text) => asked.get(text)));
}
/** @type {Texts} */
async function ask(texts) {
	if (verdicts.size > MOST_KNOWN) verdicts.clear();
	try {
		const { results } = await call("check", { texts, rewrite: true, place: here() });
		texts.forEach((text, i) => verdicts.set(text, read(text, results[i])));
		rest = { times: 0, until: 0 };
		keep({ problem: results[0].silence === "not_opted_in" ? "Nothing is said: at your page there, Tactful is off." : undefined });
	} catch (/** @type {any} */ { status }) {
		if (status === 401 || status === 403) {
			keep({ token: undefined, problem: "Tactful no longer knows this browser. You can turn it on again." });
		} else if (status === 413 || status === 422) {
			texts.forEach((text) => verdicts.set(text, null));
		} else {
			rest.until = Date.now() + Math.min(REST_MS * 2 ** rest.times++, LONGEST_REST_MS);
			keep({ problem: "Tactful did not answer a moment ago. Typing and sending go on as always." });
		}
	}
}
/** @type {Read} */
function read(text, { norm, spans, suggestion, band }) {
	const marked = spans.filter(({ label }) => label === norm?.label);
	const words = marked.map(({ start, end }) => [...text].slice(start, end).join("")); // in code points
	return norm && { text, norm, words, suggestion, band, sign: norm.label + words };
}
/** What is still to be said about a text. @type {Open} */
function open(text, given) {
	const verdict = verdicts.get(text);
	return verdict && !given?.quiet && !given?.settled.has(verdict.sign) ? verdict : null;
}
/** Counts an answer once: no text goes with it, only a keyed digest. @type {Count} */
async function feedback({ text, norm: { label }, band }, answer) {
	if (!band || !crypto.subtle) return; // not on plain http
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(mine.key + text));
	const context = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	call("feedback", { label, band, answer, context, place: here() }).catch(() => {});
}

// --- beside a comment ---

/** @type {Said} */
const said = ({ words, norm }) => [
	h("p", {}, words.slice(0, 3).map((word) => [h("mark", { dir: "auto" }, word), " "])),
	h("p", {}, norm.says)];

class Part extends HTMLElement {
	root = style(this);
	/** @type {any} */ note = "";
	text = "";
	at = ""; // the text that the note is about
	busy = false;

	connectedCallback() {
		parts.add(this);
		this.refresh();
	}
	disconnectedCallback() { parts.delete(this); }
	/** @returns {GrComment | undefined} */
	get host() { return around(this, "gr-comment"); }
	refresh() {}
	/** @param {Work} work */
	then(work) {
		return async () => {
			if (this.busy) return;
			this.busy = true;
			this.at = this.text;
			try { this.note = await work(); } catch (/** @type {any} */ { message }) { this.note = message; }
			this.busy = false;
			this.refresh();
			this.host?.focus();
		};
	}
}

class Hint extends Part {
	/** Set by Gerrit. @type {Given} */ given = {};
	/** @type {Answers} */ own = { quiet: false, settled: new Set() };
	/** @type {Heard | null} */ shown = null;
	/** @type {any[]} */ drawn = [];
	timer = 0;
	asking = false;
	live = h("div", { ariaLive: "polite" });
	more = h("div", {});

	connectedCallback() {
		this.root.append(this.live, this.more);
		super.connectedCallback();
	}
	refresh() {
		keep({ missing: undefined });
		this.text = "";
		this.hear();
		this.draw();
	}
	/** Kept by the comment's id, which it gets when it is saved. */
	get answers() {
		const id = this.given.comment?.id;
		if (id && !answers.has(id)) answers.set(id, this.own);
		return (id && answers.get(id)) || this.own;
	}
	get quiet() { return !isOn() || !this.text || this.answers.quiet; }
	/** At every key press: compares, and sets a timer. */
	hear() {
		const { isDraft, editing, message, comment } = this.given;
		const text = ((isDraft && (editing ? message : comment?.message)) || "").trimEnd();
		if (text === this.text) return;
		this.text = text;
		this.draw();
		clearTimeout(this.timer);
		if (this.quiet || !editing || verdicts.has(text)) return;
		this.timer = setTimeout(async () => {
			if (this.asking || !this.isConnected) return; // one at a time; the newest text follows
			this.asking = true;
			await check([text]);
			this.asking = false;
			if (text === this.text) this.draw();
			else this.refresh();
		}, PAUSE_MS);
	}
	/** An older hint stays, out of reach, while its words are still there. */
	draw() {
		const { text, quiet, shown: old } = this;
		const stale = !quiet && old && !verdicts.has(text) && old.words.every((word) => text.includes(word));
		if (!stale) this.shown = quiet ? null : open(text, this.answers);
		this.more.inert = Boolean(stale);
		const { shown } = this, note = isOn() && this.at === text && this.note;
		if (shown === this.drawn[0] && note === this.drawn[1]) return;
		this.drawn = [shown, note];
		this.className = shown ? "said" : "";
		this.live.replaceChildren(h("div", {}, note && h("p", { className: "acts" }, note), shown && said(shown)));
		this.more.replaceChildren(shown ? this.card(shown) : "");
	}
	/** @param {Heard} about */
	card(about) {
		const { suggestion } = about, wording = suggestion?.wording ?? "";
		const settle = (answer = "", note = "") => this.then(() => {
			this.answers.settled.add(about.sign);
			feedback(about, answer);
			return note;
		});
		const copy = button("Copy this wording", this.then(async () => {
			try { await navigator.clipboard.writeText(wording); } catch { return "Select the wording and copy it."; }
			return "Copied.";
		}));
		const use = this.then(async () => {
			const says = await this.put(wording);
			if (!says) return copy;
			this.at = wording.trimEnd();
			feedback(about, "used");
			return [says, button("Undo", this.then(() => this.put(about.text)))];
		});
		return h("div", { role: "group", ariaLabel: "Tactful, to you alone" }, h("p", {}, suggestion?.advice),
			wording && h("p", { className: "wording", dir: "auto", tabIndex: 0 }, wording),
			h("div", { className: "acts" }, wording && button("Use this wording", use, "use"),
				button("Keep mine", settle("kept")), button("This was wrong", settle("wrong", "Noted. That is worth knowing.")),
				button("Not now", this.then(() => { this.answers.quiet = true; }))));
	}
	/** Puts a text in as if typed, or else into the saved draft; says which, or "". @type {Put} */
	async put(message) {
		const { host, given: { comment, editing } } = this;
		if (typeof host?.messageText === "string") {
			if (!editing) host.edit?.();
			await host.updateComplete;
			host.messageText = message;
			return "The wording is in your comment.";
		}
		if (!comment?.id) return "";
		const change = /\/\+\/(\d+)/.exec(location.pathname)?.[1];
		const path = `/changes/${change}/revisions/${comment.patch_set}/drafts/${comment.id}`;
		try { await api.put(path, { ...comment, message }); } catch { return ""; }
		Object.assign(this.given, { message, comment: { ...comment, message } });
		this.hear();
		return "It is in your saved draft; load the page again to see it.";
	}
}
for (const name of ["comment", "message", "editing", "isDraft"]) {
	Object.defineProperty(Hint.prototype, name, { set(value) { this.given[name] = value; this.hear(); } });
}

// --- at send (Gerrit 3.14 and later) ---

/** Gerrit waits for the answer; whatever goes wrong, it is sent. @type {Gate} */
const gate = (change, input) => pause(change, input).catch(() => true);
/** @type {Gate} */
async function pause(change, input) {
	const dialog = hints().map((hint) => around(hint, "gr-reply-dialog")).find(Boolean);
	if (!isOn() || !mine.gate || !dialog) return true;
	const found = await Promise.race([concerns(change, input), new Promise((done) => setTimeout(done, GATE_MS, []))]);
	if (!found.length || await sendAsItIs(found)) return true;
	setTimeout(() => { // Gerrit leaves its dialog disabled, autosave off, and what was typed last unsaved
		const comment = dialog.patchsetLevelGrComment;
		dialog.disabled = false;
		if (comment) comment.disableAutoSaving = false;
		comment?.autoSave?.().catch(() => {});
		comment?.focus();
	});
	return false;
}
/** What was typed last is in the input, the rest in the drafts. @type {Concerns} */
async function concerns(change, input) {
	const typed = Object.values(input.comments ?? {}).flat(), path = `/changes/${change._number}/drafts`;
	/** @type {Record<string, Draft[]>} */
	const saved = input.drafts === "KEEP" ? {} : await api.get(path).catch(() => ({}));
	const older = Object.values(saved).flat().filter((draft) => !typed.some(({ id }) => id === draft.id));
	const texts = [/** @type {Draft} */ (input), ...typed, ...older].slice(0, MOST_TEXTS)
		.map(({ id, message = "" }) => ({ id, text: message.trimEnd() })).filter(({ text }) => text);
	await check(texts.map(({ text }) => text));
	return texts.flatMap(({ id, text }) =>
		open(text, (id && answers.get(id)) || hints().find((hint) => hint.text === text)?.answers) ?? []);
}
/** @type {Choose} */
const sendAsItIs = (found) => new Promise((resolve) => {
	const dialog = h("dialog", { ariaLabel: "Before it is sent" }, h("h2", {}, "Before it is sent"),
		found.slice(0, 3).map(said), h("div", { className: "acts" },
			button("Take another look", () => dialog.close(), "use"), button("Send as it is", () => dialog.close("send"))));
	const box = h("div", { onkeydown: (/** @type {Event} */ event) => event.stopPropagation() });
	dialog.onclose = () => { box.remove(); resolve(dialog.returnValue === "send"); };
	style(box).append(dialog);
	document.body.append(box);
	dialog.showModal();
});

// --- pairing and settings ---

const ours = `gerrit/${SERVER}/`, client = `Gerrit at ${location.host}`.slice(0, 80);

/** Hands Tactful a proof: a Gerrit token for five minutes. @type {Prove} */
async function prove(path, body) {
	const username = (await api.getAccount())?.username, token_id = `tactful-proof-${random()}`;
	if (!username) throw { message: "This needs a username; choose one in Gerrit's settings." };
	const made = await api.put(`/accounts/self/tokens/${token_id}`, { lifetime: "5m" })
		.catch(() => { throw { message: "Gerrit made no token. A code from Tactful works, too." }; });
	return call(ours + path, { ...body, username, token_id, token: made.token }).finally(() => endTokens(token_id));
}
/** @param {string} prefix */
async function endTokens(prefix) {
	const tokens = await api.get("/accounts/self/tokens").catch(() => []);
	for (const { id } of tokens) if (id.startsWith(prefix)) await api.delete(`/accounts/self/tokens/${id}`).catch(() => {});
}
async function pair(turn_on = true) {
	const { nonce } = await call(`${ours}nonce`, {}), paired = await prove("pair", { nonce, client, turn_on });
	if (mine.token) call("client").catch(() => {});
	return take(paired);
}
/** @type {Take} */
function take(paired) {
	keep({ token: paired.token, key: random(), allowed: paired.drafts_allowed, problem: undefined });
	return paired;
}
/** A link signs in once: each by pairing anew. */
async function openTactful() {
	location.href = (await pair(false).catch(() => null))?.open ?? `${SERVICE}/me`;
}
async function readDrafts() {
	const { says } = await (mine.drafts ? call(`${ours}drafts`) : prove("drafts", {}));
	keep({ drafts: !mine.drafts });
	return says;
}
async function forget() {
	if (mine.drafts) await call(`${ours}drafts`).catch(() => {});
	const { says } = await call("client")
		.catch(() => ({ says: "Forgotten here. Tactful could not be reached: end this client there later." }));
	await endTokens(mine.drafts ? "tactful-" : "tactful-proof-");
	localStorage.removeItem(place);
	load();
	return says;
}

class Settings extends Part {
	code = h("input", { id: "code", size: 14 });

	refresh() {
		const id = this.root.activeElement?.id, absent = (mine.missing || gerrit < 9) &&
			"The comment endpoint was not seen on this version of Gerrit.";
		this.root.replaceChildren(h("div", { className: "panel" }, h("h2", {}, "Tactful"),
			!place ? "Sign in to Gerrit to turn it on." : mine.token ? this.on() : this.off(),
			h("p", { role: "status" }, [this.note, mine.problem, absent].filter(Boolean).join(" "))));
		this.root.getElementById(id ?? "")?.focus();
	}
	/** @type {Tick} */
	tick(name, says, checked, work, disabled = false) {
		const input = h("input", { type: "checkbox", id: name, checked, disabled, onchange: this.then(work) });
		return [h("label", {}, input, name), h("small", {}, says)];
	}
	on() {
		return [
			this.tick("On", "Untick it to pause: nothing is sent or shown.", !mine.paused,
				() => keep({ paused: !mine.paused })),
			this.tick("Pause me before sending", gerrit < 14 ? "Unavailable: it needs Gerrit 3.14."
				: "You are asked once if something is still open. Without an answer in a second, it is sent.",
			mine.gate, () => keep({ gate: !mine.gate }), gerrit < 14),
			(mine.allowed || gerrit < 13) && this.tick("Read drafts that I write elsewhere", gerrit < 13
				? "Unavailable: it needs Gerrit 3.13." : "Tactful keeps a Gerrit token of yours, \
encrypted. Such a token can do all that you can do in Gerrit; Tactful only lists and changes your drafts with it. Untick \
this, and it is deleted.", mine.drafts, readDrafts, gerrit < 13),
			h("p", { className: "acts" }, button("Open my Tactful", this.then(openTactful)), button("Forget", this.then(forget))),
			h("small", {}, YES),
		];
	}
	off() {
		const byCode = async () => take(await call("pair", { code: this.code.value.trim(), client })).says;
		return [
			h("p", {}, "A private word while you write: which words, how they may land, one other way."),
			h("p", {}, YES),
			gerrit < 13 || button("Turn on", this.then(async () => (await pair()).says), "use"),
			h("div", { className: "acts" }, h("label", {}, "Code from ",
				h("a", { href: `${SERVICE}/me`, target: "_blank" }, "your Tactful"), this.code),
				button("Pair", this.then(byCode))),
		];
	}
}

/** @param {HTMLElement} element */
function style(element) {
	const root = element.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
	sheet.replaceSync(`
		:host { color: var(--primary-text-color); display: block; font-family: var(--font-family); line-height: 1.45; }
		:host(.said) { background: var(--dialog-background-color); border-inline-start: 3px solid var(--link-color);
			margin: 8px 0; padding: 10px 14px; }
		p, small { display: block; margin: 0 0 8px; overflow-wrap: anywhere; }
		h2 { font-weight: 400; margin: 0 0 10px; }
		dialog, button, input { background: var(--dialog-background-color); border: 1px solid var(--border-color); border-radius: 5px;
			color: inherit; font: inherit; padding: 5px 12px; }
		dialog { max-width: 34em; padding: 16px 20px; }
		mark { background: #f5b83d59; color: inherit; }
		small { color: var(--deemphasized-text-color); }
		.wording { border-inline-start: 2px solid var(--border-color); max-height: 12em; overflow: auto; padding-inline-start: 10px;
			white-space: pre-line; }
		.acts, label { align-items: baseline; display: flex; flex-wrap: wrap; gap: 6px 8px; margin-top: 10px; }
		.use { background: var(--primary-button-background-color); color: var(--primary-button-text-color); }
		[inert], :disabled { opacity: .6; }
		a { color: var(--link-color); }
		.panel { max-width: 46em; padding: 16px 20px; }`);
	root.adoptedStyleSheets = [sheet];
	return root;
}

window.Gerrit.install(async (plugin) => {
	api = plugin.restApi();
	customElements.define("tactful-hint", Hint);
	customElements.define("tactful-settings", Settings);
	plugin.registerCustomComponent("comment", "tactful-hint", { slot: "above-actions" });
	plugin.registerCustomComponent("settings-screen", "tactful-settings");
	plugin.screen("settings", "tactful-settings");
	const href = `${plugin.url()}../../x/${plugin.getPluginName()}/settings`;
	plugin.hook("settings-menu-item").onAttached((item) => item.append(h("a", { href }, "Tactful")));
	const account = await api.getAccount().catch(() => null);
	gerrit = Number(/^3\.(\d+)/.exec(await api.getVersion().catch(() => "") ?? "")?.[1] ?? 99);
	if (!account || !SERVICE) return;
	place = `tactful:${account._account_id}`;
	load();
	addEventListener("storage", load);
	if (gerrit >= 14) plugin.on(/** @type {EventType} */ ("before-reply-sent"), gate);
	document.addEventListener("comment-editing-changed", (event) => { // somebody edits: is the endpoint there?
		const comment = event.composedPath()[0];
		setTimeout(() => { if (isOn() && !hints().some(({ host }) => host === comment)) keep({ missing: true }); }, 3000);
	});
});
}
