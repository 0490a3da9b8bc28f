// Between comment boxes and the person's own Tactful. The token stays on this side; a page hears verdicts, nothing else.

import { keep, load, pattern, quietForAnHour, why } from "./kept.js";
import { refresh, says, standing } from "./notes.js";
import { check, feedback } from "./service.js";

const CONTENT = { id: "content", js: ["selectors.js", "hint.js", "content.js"] };

chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" }); // Firefox has no such switch

/** From a comment box, on a site that it is turned on for? Everybody else gets no answer. @type {Heed} */
async function heed(message, sender) {
	const { origin = "", hostname } = URL.parse(sender.url ?? "") ?? {};
	const kept = await load(), { what, text, about, answer, norm } = message;
	const place = message.place?.server === hostname ? message.place : null;
	if (why(kept, origin, place, Date.now())) return what === "state" ? { on: false } : null;
	switch (what) {
		case "state": return { on: true };
		case "check": {
			const heard = await check(kept, text, place);
			return heard === undefined ? null : { heard: heard && !kept.norms[heard.norm.label] ? heard : null };
		}
		case "notes": return refresh(); // the page hears nothing of it
		case "feedback": return feedback(kept, about, answer, place);
		case "quiet": return quietForAnHour().then(() => true);
		case "leave out": return keep({ norms: { ...kept.norms, [norm.label]: norm.title } }).then(() => true);
	}
}
chrome.runtime.onMessage.addListener((message, sender, answer) => {
	if (sender.id !== chrome.runtime.id || !sender.tab || sender.frameId !== 0) return;
	heed(message, sender).then((said) => answer(said ?? null), () => answer(null));
	return true; // the answer follows
});

/** Lets boxes be heard on the sites that are turned on and permitted, and on no others. */
async function settle() {
	const { token, sites } = await load(), matches = [];
	for (const [origin, on] of Object.entries(sites)) {
		const origins = [pattern(origin)];
		if (token && on && await chrome.permissions.contains({ origins })) matches.push(...origins);
	}
	const [before] = await chrome.scripting.getRegisteredContentScripts({ ids: [CONTENT.id] });
	if (before && !matches.length) return chrome.scripting.unregisterContentScripts({ ids: [CONTENT.id] });
	if (!matches.length) return;
	const wanted = { ...CONTENT, matches };
	await (before ? chrome.scripting.updateContentScripts([wanted]) : chrome.scripting.registerContentScripts([wanted]));
}
/** How many notes wait, as a plain number on the button beside the address bar. */
async function mark() {
	const notes = await standing(), count = notes.length;
	await chrome.action.setBadgeBackgroundColor({ color: "#1d5561" });
	await chrome.action.setBadgeText({ text: count ? String(count) : "" });
	await chrome.action.setTitle({ title: count ? `Tactful: ${says(notes)}` : "Tactful" });
}
let marked = Promise.resolve();
chrome.storage.onChanged.addListener(() => { marked = marked.then(mark).catch(() => {}); });

let settled = Promise.resolve();
const again = () => { settled = settled.then(settle).catch(() => {}); };
chrome.runtime.onInstalled.addListener(({ reason }) => {
	again();
	if (reason === "install") chrome.runtime.openOptionsPage();
});
chrome.runtime.onStartup.addListener(again);
chrome.permissions.onAdded.addListener(again);
chrome.permissions.onRemoved.addListener(again);
chrome.storage.local.onChanged.addListener((changes) => { if (changes.token || changes.sites) again(); });
