// Notes about pending comments, which wait in the inbox at the person's own Tactful. Only that one waits, about what, and
// where it is opened is kept, and only until the browser is closed. Whatever fails here, fails silently.

import { load, why } from "./kept.js";
import { call } from "./service.js";

const MINUTE_MS = 60_000, LONGEST_REST_MS = 900_000;

/** @returns {Promise<Waiting>} */
async function remembered() {
	const { waiting } = /** @type {{ waiting?: Waiting }} */ (await chrome.storage.session.get("waiting"));
	return waiting ?? { notes: [], times: 0, until: 0 };
}

/** Asks what waits: once a minute at most, and less often after failures. Not without the leave that was ticked when it was
 * paired, nor where Tactful is quiet or off everywhere. */
export async function refresh() {
	const now = Date.now(), kept = await load(), { notes, times, until } = await remembered();
	const on = Object.keys(kept.sites).some((origin) => !why(kept, origin, null, now));
	if (!kept.notes || !on || now < until) return;
	await chrome.storage.session.set({ waiting: { notes, times, until: now + MINUTE_MS } }); // one at a time
	const found = await call(kept, "notes", undefined, "GET").then(read).catch(() => null);
	if ((await load()).token !== kept.token) return; // paired anew meanwhile
	const failed = { notes: [], times: times + 1, until: now + Math.min(MINUTE_MS * 2 ** (times + 1), LONGEST_REST_MS) };
	await chrome.storage.session.set({ waiting: found ? { notes: found, times: 0, until: now + MINUTE_MS } : failed });
}
/** @param {{ notes: Note[] }} said */
const read = ({ notes }) => notes.map(({ open, place, norm: { label } }) => ({ open, place, norm: { label } }));

/** What may be said of it now: nothing of sites, repositories and norms that are left out. @returns {Promise<Note[]>} */
export async function standing() {
	const now = Date.now(), kept = await load(), { notes } = await remembered();
	/** @param {Note} note */
	const wanted = ({ place, norm }) => !kept.norms[norm.label] && Object.keys(kept.sites).some((origin) =>
		new URL(origin).hostname === place.server && !why(kept, origin, place, now));
	return kept.notes ? notes.filter(wanted) : [];
}

/** In a sentence. @param {Note[]} notes */
export function says(notes) {
	const changes = new Set(notes.map(({ place }) => place.change)), [change] = changes;
	const waits = notes.length === 1 ? "A note waits" : `${notes.length} notes wait`;
	return `${waits} about your pending review${changes.size === 1 ? ` in ${change}` : "s"}.`;
}
/** Where they are opened: at the paired address, whatever was answered. @param {string} address @param {Note[]} notes */
export function inboxOf(address, notes) {
	const one = notes.length === 1 && /\/inbox\/\d+$/.exec(notes[0].open);
	return address + (one ? one[0] : "/inbox");
}
