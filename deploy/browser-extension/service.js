// Talks to the person's own Tactful, and to nobody else. Rests after a failure: a service that is away is left alone.

import { keep, load, unpair } from "./kept.js";

const ANSWER_MS = 8000, REST_MS = 5000, LONGEST_REST_MS = 300_000;
const AWAY = "Tactful could not be reached. Nothing was changed; try again in a while.";
const OFF_THERE = "Nothing is said: at your page there, Tactful is turned off.";
const CLIENT = `Browser extension in ${navigator.userAgent.includes("Firefox") ? "Firefox" : "Chromium"}`;

/** Posts a body; deletes where there is none, if no other method is named. Throws `{ message, status, own }`: `own` where Tactful itself said so. @type {Call} */
export async function call({ address, token }, path, body, method = body ? "POST" : "DELETE") {
	const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
	const answer = await fetch(`${address}/v1/${path}`, {
		method, body: body && JSON.stringify(body), headers, credentials: "omit",
		redirect: "error", cache: "no-store", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(ANSWER_MS),
	}).catch(() => null);
	const said = await answer?.json().catch(() => null);
	if (answer?.ok && said) return said;
	// Something between here and there may answer as well: a proxy that wants a sign-in, a firewall.
	throw { message: said?.message ?? AWAY, status: answer?.ok ? 0 : answer?.status, own: Boolean(said?.message) };
}

/** What is to be said about a text; undefined where nobody knows at the moment. @type {Check} */
export async function check(kept, text, place) {
	/** @type {{ rest?: Rest }} */
	const { rest = { times: 0, until: 0 } } = await chrome.storage.session.get("rest");
	if (Date.now() < rest.until) return undefined;
	try {
		const { results } = await call(kept, "check", { texts: [text], rewrite: true, ...(place && { place }) });
		const heard = read(text, results[0]), problem = results[0].silence === "not_opted_in" ? OFF_THERE : "";
		if (rest.times) await chrome.storage.session.remove("rest");
		if (kept.problem !== problem) await keep({ problem });
		return heard;
	} catch (/** @type {any} */ { status, own }) {
		if (status === 401 && own) {
			await unpair("Tactful no longer knows this browser. You can pair it again.");
		} else if (status >= 400 && status < 500 && status !== 401 && status !== 429) {
			return null; // refused as it is, and would be again
		} else {
			const until = Date.now() + Math.min(REST_MS * 2 ** rest.times, LONGEST_REST_MS);
			await chrome.storage.session.set({ rest: { times: rest.times + 1, until } });
			await keep({ problem: "Tactful did not answer a moment ago. Writing and sending go on as always." });
		}
		return undefined;
	}
}
/** @type {Read} */
function read(text, { norm, spans, suggestion, band }) {
	if (!norm) return null;
	const marked = spans.filter(({ label }) => label === norm.label);
	const words = marked.map(({ start, end }) => [...text].slice(start, end).join("")); // in code points
	return { text, norm, words, suggestion, band, sign: norm.label + words };
}

/** Counts an answer once: no text goes with it, only a digest under a key of this browser. @type {Feedback} */
export async function feedback(kept, { text, norm: { label }, band }, answer, place) {
	if (!band) return;
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(kept.key + text));
	const context = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	await call(kept, "feedback", { label, band, answer, context, ...(place && { place }) });
}

/** Exchanges a code from /me for a token of this browser's. Throws `{ message }`. @type {Pair} */
export async function pair(address, code) {
	const before = await load();
	const { token, scopes } = await call({ address, token: "" }, "pair", { code, client: CLIENT });
	if (before.token) call(before, "client").catch(() => {});
	await chrome.storage.session.remove(["rest", "waiting"]);
	const notes = Boolean(scopes?.includes("notes")), key = crypto.randomUUID() + crypto.randomUUID();
	await keep({ address, token, key, notes, problem: "" });
}
/** Ends the token on both sides; what was done, in a sentence. */
export async function leave() {
	const kept = await load();
	await unpair();
	if (!kept.token) return "This browser is not paired.";
	return call(kept, "client").then(() => "Forgotten here and there.",
		({ status }) => status === 401 ? "Forgotten. It had ended there already."
			: "Forgotten here. Tactful could not be reached: end this client at your page there, too.");
}
