// The settings: which Tactful, where it is on, what is left out.

import { $, button, h } from "./elements.js";
import { keep, load, originOf, pattern } from "./kept.js";
import { leave, pair } from "./service.js";

const NO_ADDRESS = "An address begins with https://. Nothing was changed.";
const NOT_PERMITTED = "The browser was not given leave for that address. Nothing was changed.";
const TOLD = "The popup says when a note waits about a pending review.";
const NOT_TOLD = "It sees no notes about pending reviews: to let it, forget it here, and tick that at your page when you pair it again.";

/** Says what came of it. A press in front of the page is what lets browsers ask for a permission. @type {Then} */
const then = (work) => async (event) => {
	event?.preventDefault();
	try { $("says").textContent = await work(); } catch (/** @type {any} */ { message }) { $("says").textContent = message; }
	await draw();
};
/** Asks for all that is needed at once, before anything else is waited for. @param {string[]} origins */
const permit = (...origins) => chrome.permissions.request({ origins: origins.map(pattern) });

let kept = await load();
const sitesOn = () => Object.keys(kept.sites).filter((origin) => kept.sites[origin]);

async function pairUp() {
	const address = originOf($("address").value), code = $("code").value.trim();
	if (!address) return NO_ADDRESS;
	if (!await permit(address, ...sitesOn())) return NOT_PERMITTED;
	await pair(address, code);
	$("code").value = "";
	return "Paired. Pages that are open already have to be loaded again.";
}
async function add() {
	const origin = originOf($("site").value);
	if (!origin) return NO_ADDRESS;
	if (!await permit(origin)) return NOT_PERMITTED;
	await keep({ sites: { ...kept.sites, [origin]: true } });
	$("site").value = "";
	return `On for ${new URL(origin).host}. Pages that are open already have to be loaded again.`;
}
/** @param {string} origin @param {boolean} on */
async function turn(origin, on) {
	if (on && !await permit(origin)) return NOT_PERMITTED;
	await keep({ sites: { ...kept.sites, [origin]: on } });
	return "";
}
/** @type {BringBack} */
async function bringBack(kind, name) {
	const { [name]: _, ...rest } = /** @type {Record<string, unknown>} */ (kept[kind]);
	await keep({ [kind]: rest });
	$("left").focus();
	return "";
}

/** @param {string} origin */
function site(origin) {
	const { host } = new URL(origin), on = kept.sites[origin];
	const input = h("input", { type: "checkbox", id: origin, checked: on, onchange: then(() => turn(origin, !on)) });
	return h("li", {}, h("label", { className: "check" }, input, host));
}
/** @type {LeftOut} */
const leftOut = (kind, name, title) => {
	const act = button("Bring back", then(() => bringBack(kind, name)));
	act.ariaLabel = `Bring back ${title}`;
	return h("li", { className: "row" }, h("span", {}, title), act);
};

async function draw() {
	kept = await load();
	const focused = document.activeElement?.id;
	$("pair").hidden = Boolean(kept.token);
	$("paired").hidden = !kept.token;
	Object.assign($("home"), { textContent: kept.address, href: `${kept.address}/me` });
	$("told").textContent = kept.notes ? TOLD : NOT_TOLD;
	if (kept.problem && !$("says").textContent) $("says").textContent = kept.problem;
	$("sites").replaceChildren(...Object.keys(kept.sites).sort().map(site));
	const repositories = Object.entries(kept.repositories).filter(([, off]) => off).map(([name]) => name).sort();
	const out = [...repositories.map((name) => leftOut("repositories", name, name)),
		...Object.entries(kept.norms).map(([label, title]) => leftOut("norms", label, title))];
	$("out").replaceChildren(...out);
	$("none").hidden = out.length > 0;
	if (focused) $(focused)?.focus();
}
/** The way to the page that gives out codes, once the address is known. */
function link() {
	const address = originOf($("address").value);
	if (address) $("me").href = `${address}/me#clients`;
	else $("me").removeAttribute("href");
}
$("pair").onsubmit = then(pairUp);
$("add").onsubmit = then(add);
$("forget").onclick = then(leave);
$("address").oninput = link;
await draw();
$("address").value = kept.address;
link();
