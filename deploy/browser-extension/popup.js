// What Tactful does on the page in front, in a sentence or two, and the ways to have it quiet.

import { $, button, clock, h } from "./elements.js";
import { keep, load, nameOf, quietForAnHour, why } from "./kept.js";
import { inboxOf, refresh, says, standing } from "./notes.js";

/** What the content of the page in front says about it; `null` where there is none. @returns {Promise<Page | null>} */
async function pageInFront() {
	const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
	if (tab?.id === undefined) return null;
	return chrome.tabs.sendMessage(tab.id, "page", { frameId: 0 }).catch(() => null);
}

/** @type {Sentence} */
function sentence(page, kept, reason) {
	if (reason === "unpaired") return "Not paired yet. Nothing is read.";
	if (!page) return "Not on for this page. Where it was turned on a moment ago, load the page again.";
	if (reason === "quiet") return `Quiet until ${clock(kept.quietUntil)}.`;
	if (reason === "site") return `Off on ${new URL(page.origin).host}.`;
	if (reason === "repository") return `Off for ${page.place?.project}.`;
	if (page.known) return "On. A comment is heard while you write it, and only then.";
	if (page.strange) return "Not supported here: the boxes on this page are of a kind that this version does not know.";
	return "On. No comment box is open on this page.";
}

/** Goes back to the first button, in place of the one that was pressed. @param {() => Promise<unknown>} work */
const then = (work) => async () => {
	await work();
	await draw();
	$("acts").firstChild.focus();
};

/** Says that notes wait, with a way to them. */
async function tell() {
	const [notes, { address }] = await Promise.all([standing(), load()]);
	const link = h("a", { href: inboxOf(address, notes), target: "_blank", rel: "noreferrer" }, "Open it in your inbox");
	$("notes").replaceChildren(...(notes.length ? [h("p", {}, says(notes)), h("p", {}, link)] : []));
}

async function draw() {
	const [page, kept] = await Promise.all([pageInFront(), load()]);
	const { origin = "", place = null } = page ?? {}, name = nameOf(place), { repositories, sites } = kept;
	const reason = why(kept, origin, place, Date.now());
	$("state").replaceChildren(h("p", {}, sentence(page, kept, reason)), kept.problem && h("p", {}, kept.problem));
	const site = (/** @type {boolean} */ on) => then(() => keep({ sites: { ...sites, [origin]: on } }));
	const repository = (/** @type {boolean} */ off) => then(() => keep({ repositories: { ...repositories, [name]: off } }));
	const acts = {
		quiet: [button("End the quiet", then(() => keep({ quietUntil: 0 })))],
		site: [page && button("Turn on here", site(true))],
		repository: [button(`Turn on for ${place?.project}`, repository(false))],
		unpaired: [],
		"": page ? [button("Quiet for an hour", then(quietForAnHour)),
			place && button(`Turn off for ${place.project}`, repository(true)),
			button(`Turn off on ${new URL(origin).host}`, site(false))] : [],
	}[reason];
	$("acts").replaceChildren(...acts.filter(Boolean), button("Settings", () => chrome.runtime.openOptionsPage()));
	await tell();
	if (!page || !reason) refresh().then(tell, () => {});
}
draw();
