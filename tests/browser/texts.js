// SPDX-License-Identifier: MIT
// What tests ask a page about the texts that it shows.
"use strict";

// What people have said, and whoever reads it, has no other elements and no
// other attributes than these.
const ELEMENTS = /^(ol|ul|li|dl|dt|dd|div|p|h[1-6]|span|bdi|b|strong|em|i|time|a|br|button|section|mark)$/;
const ATTRIBUTES = /^(class|id|dir|lang|role|title|type|hidden|tabindex|datetime|href|target|rel|style|aria-[a-z]+|data-[a-z-]+)$/;

function elements() {
	return [...document.querySelectorAll("[role=log] *")];
}

// Those of these texts that no element has as its whole text.
function missing(texts) {
	const shown = new Set(elements().map((each) => each.textContent));
	return texts.filter((text) => !shown.has(text));
}

function badLink(each) {
	if (!each.hasAttribute("href"))
		return false;
	return !/^https?:$/.test(each.protocol) ||
		!/\bnoopener\b/.test(each.rel) ||
		each.target !== "_blank";
}

// What has no place among texts.
function strangers() {
	const found = [];
	for (const each of elements()) {
		const name = each.localName;
		if (!ELEMENTS.test(name))
			found.push(name);
		for (const attribute of each.attributes)
			if (!ATTRIBUTES.test(attribute.name))
				found.push(name + " " + attribute.name);
		if (badLink(each))
			found.push("link " + each.href);
	}
	return found;
}
