"""A page that tries to load, run, send and change whatever it can. Every address in it is that of a counter."""

from __future__ import annotations

VECTORS: dict[str, str] = {
    "script": "<script src='{url}/script'></script>",
    "inline script": "<script>fetch('{url}/inline'); parent.document.title = 'owned'</script>",
    "module": "<script type=module>import '{url}/module'</script><link rel=modulepreload href='{url}/preload'>",
    "image": "<img src='{url}/img' srcset='{url}/img2 2x' onerror=\"fetch('{url}/onerror')\">",
    "picture": "<picture><source srcset='{url}/picture'><img></picture>",
    "image without a tag's end": "<img src='{url}/cut' alt='",
    "handler": "'><div onclick=\"fetch('{url}/click')\" onmouseover=\"fetch('{url}/over')\">move over me</div>",
    "handler at once": "<input autofocus onfocus=\"fetch('{url}/focus')\">"
    "<details open ontoggle=\"fetch('{url}/toggle')\">",
    "end of details": "</details><marquee onstart=\"fetch('{url}/marquee')\">m</marquee>",
    "javascript link": "<a href=\"javascript:fetch('{url}/js')\">a link</a>"
    "<a href='{url}/link' ping='{url}/ping'>a ping</a>",
    "data frame": "<iframe src=\"data:text/html,<script>fetch('{url}/data')</script>\"></iframe>",
    "frame": "<iframe src='{url}/iframe'></iframe><iframe srcdoc=\"<img src='{url}/srcdoc'>\"></iframe>",
    "object": "<object data='{url}/object'></object><embed src='{url}/embed'><applet code='{url}/applet'></applet>",
    "svg": "<svg onload=\"fetch('{url}/svg')\"><image href='{url}/svgimage'/><script>fetch('{url}/svgscript')</script>"
    "<use href='{url}/use#x'/><foreignObject><img src='{url}/foreign'></foreignObject></svg>",
    "svg style": "<svg><style><img src='{url}/mxss' onerror=\"fetch('{url}/mxss2')\"></style></svg>",
    "mathml": "<math><mtext><table><mglyph><style><img src='{url}/math'></style></mglyph></table></mtext></math>",
    "math link": "<math href='{url}/mathhref'><mi xlink:href='{url}/xlink'>x</mi></math>",
    "style import": "<style>@import '{url}/import'; @import url({url}/import2);</style>",
    "hidden import": "<style>@\\69mport '{url}/escaped'; @im\\port url('{url}/escaped2');</style>",
    "style image": "<style>body {{ background: url({url}/bg) }} p::before {{ content: url({url}/content) }}</style>",
    "hidden style image": "<style>body {{ background: u\\72l({url}/escurl) }}"
    "ul {{ list-style-image: URL( '{url}/upper' ) }}</style>",
    "image set": "<style>div {{ background: image-set('{url}/set' 1x); mask: url({url}/mask) }}"
    "p {{ cursor: url({url}/cursor), auto }}</style>",
    "font": "<style>@font-face {{ font-family: x; src: u\\rl({url}/font) }} * {{ font-family: x }}</style>",
    "style attribute": "<p style=\"background: url('{url}/attr'); content: u\\72l({url}/attr2); "
    "width: expression(1)\">styled</p>",
    "style variable": "<p style='--x: url({url}/var); background: var(--x)'>with a variable</p>",
    "attribute selector": "<style>input[value^=a] {{ background: u\\rl({url}/leak) }}</style><input value=abc>",
    "style sheet": "<link rel=stylesheet href='{url}/sheet'><link rel=icon href='{url}/icon'>",
    "prefetch": "<link rel=prefetch href='{url}/prefetch'><link rel=dns-prefetch href='//prefetch.example'>"
    "<link rel=preconnect href='{url}'><link rel=prerender href='{url}/prerender'>",
    "speculation": "<script type=speculationrules>{{\"prefetch\": [{{\"urls\": [\"{url}/rules\"]}}]}}</script>",
    "meta refresh": "<meta http-equiv=refresh content='0; url={url}/refresh'>",
    "meta policy": "<meta http-equiv=Content-Security-Policy content=\"default-src * 'unsafe-inline'\">",
    "base": "<base href='{url}/' target=_top>",
    "form": "<form action='{url}/form' method=post target=_top><button formaction='{url}/formaction'>send</button>"
    "<input type=image src='{url}/inputimage'><input type=submit></form>"
    "<script>document.forms[0].submit()</script>",
    "media": "<video src='{url}/video' poster='{url}/poster' autoplay></video>"
    "<audio src='{url}/audio' autoplay></audio>"
    "<video><track src='{url}/track' default></video>",
    "worker": "<script>new Worker('{url}/worker'); navigator.sendBeacon('{url}/beacon'); new WebSocket('ws://x')</script>",
    "spoof": "<script>parent.postMessage({{type: 'key', key: 'b'}}, '*'); "
    "parent.postMessage({{type: 'pick', block: 1}}, '*')</script>",
    "top": "<script>top.location = '{url}/top'; window.open('{url}/open')</script>"
    "<a href='{url}/target' target=_top>top</a>",
    "clobbering": "<form id=document name=body><input name=parent><input name=createElement id=parent></form>"
    "<img name=head><img id=querySelector name=querySelector><a id=steps name=runs>clobbered</a>",
    "template": "<template><img src='{url}/template'><script>fetch('{url}/templatescript')</script></template>"
    "<div><template shadowrootmode=open><img src='{url}/shadow'></template></div>",
    "noscript": "<noscript><img src='{url}/noscript'><style>@import '{url}/nostyle'</style>"
    "text without scripts</noscript>"
    "<noscript><p title=\"</noscript><img src='{url}/escape' onerror=alert(1)>\"></noscript>",
    "textarea": "<textarea></textarea><img src='{url}/textarea'><title></title><img src='{url}/title'>",
    "comment": "<!--[if IE]><script src='{url}/ie'></script><![endif]--><!-- --!><img src='{url}/comment'> -->",
    "custom element": "<gs-run data-block=0 onclick=\"fetch('{url}/gs')\">a run of its own</gs-run>"
    "<gs-box is=x>a box</gs-box>",
    "cover": "<style>html, body, * {{ position: fixed; inset: 0; z-index: 2147483647 }}</style>",
    "portal": "<portal src='{url}/portal'></portal><fencedframe src='{url}/fenced'></fencedframe>",
    "data script end": "</script><script>fetch('{url}/end')</script><p>&lt;/script&gt;&lt;img src={url}/text&gt;</p>",
    "manifest": "<link rel=manifest href='{url}/manifest'>"
    "<html manifest='{url}/appcache' onload=\"fetch('{url}/html')\">",
    "background": "<body background='{url}/body' onload=\"fetch('{url}/onload')\">"
    "<table background='{url}/table'><td>t</table>",
}  # fmt: skip


def hostile_page(url: str) -> str:
    """All vectors in one page, each after a paragraph that names it."""
    parts = (f"<p>{name}</p>{markup.format(url=url)}" for name, markup in VECTORS.items())
    return f"<!DOCTYPE html><html><head><title>hostile</title></head><body>{''.join(parts)}<p>the end</p></body></html>"
