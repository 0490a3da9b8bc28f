// What this extension keeps, in a store that only its own pages and its background read; and what follows from it.

const HOUR_MS = 3_600_000, NEAR = ["localhost", "127.0.0.1"];

/** @type {Kept} */
const NOTHING = {
	address: "", token: "", key: "", // the Tactful it is paired with; `key` is for digests and never leaves
	notes: false, // whether it may see notes about pending comments
	sites: { "https://github.com": true }, // origins, and whether it is on there
	repositories: {}, norms: {}, // left out: by name, and by label with its title
	quietUntil: 0,
	problem: "",
};

/** @returns {Promise<Kept>} */
export const load = async () => ({ ...NOTHING, ...(await chrome.storage.local.get(null)) });
/** @param {Partial<Kept>} changes */
export const keep = (changes) => chrome.storage.local.set(changes);
/** Forgets the pairing; what was left out stays. */
export const unpair = (problem = "") => keep({ token: "", key: "", notes: false, problem });
export const quietForAnHour = () => keep({ quietUntil: Date.now() + HOUR_MS });

/** The name under which a repository is left out: GitHub's addresses know no capitals. @param {Place | null} place */
export const nameOf = (place) => (place ? `${place.server}/${place.project}`.toLowerCase() : "");

/** Why nothing is asked at a place: "" where it is. @type {Why} */
export function why(kept, origin, place, now) {
	if (!kept.token) return "unpaired";
	if (kept.quietUntil > now) return "quiet";
	if (!kept.sites[origin]) return "site";
	return kept.repositories[nameOf(place)] ? "repository" : "";
}

/** The origin of an address that somebody typed; "" for one that texts may not go to: plain http, but to this machine. */
export function originOf(/** @type {string} */ typed) {
	const said = typed.trim();
	const url = URL.parse(said.includes("://") ? said : `https://${said}`);
	const near = url?.protocol === "http:" && NEAR.includes(url.hostname);
	return url && (url.protocol === "https:" || near) ? url.origin : "";
}
/** As browsers want it when they are asked for a permission: any port. */
export const pattern = (/** @type {string} */ origin) => {
	const { protocol, hostname } = new URL(origin);
	return `${protocol}//${hostname}/*`;
};
