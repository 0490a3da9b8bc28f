// The little that popup and settings share: finding and making elements. Strings among children stay text.

/** @type {Find} */
export const $ = (id) => /** @type {any} */ (document.getElementById(id));
/** @type {Make} */
export function h(tag, props, ...children) {
	const element = Object.assign(document.createElement(tag), props);
	element.append(...children.flat(2).filter(Boolean));
	return element;
}
/** @type {Button} */
export const button = (name, onclick) => h("button", { type: "button", onclick }, name);
/** A time on the reader's own clock. @param {number} at */
export const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
