"""The look of Discord's dark theme, as a style sheet for tools/discord_look.py: the desktop, then the phone.

Discord's own typeface is not free; Noto Sans stands in for it.
"""

from __future__ import annotations

STYLE = """
:root { --ground:#1a1a1e; --raised:#242429; --field:#222327; --edge:#303036; --bar:#4e4f58; --text:#dcdce0;
  --strong:#f3f3f4; --quiet:#95969e; --link:#7eb4f8; --brand:#5865f2; --grey:#35353c; --mention:#5865f23d }
* { box-sizing:border-box }
body { margin:0; background:var(--ground); color:var(--text);
  font:400 16px/22px "gg sans","Noto Sans","Noto Sans CJK SC",
  "Noto Sans Arabic","Helvetica Neue",Arial,"Noto Color Emoji",sans-serif; -webkit-font-smoothing:antialiased }
main { padding:16px 0 20px }
svg { width:16px; height:16px; flex:none }
b { font-weight:600; color:var(--strong) }
i.avatar { position:absolute; left:16px; width:40px; height:40px; border-radius:50%; color:#fff;
  font:600 18px/40px "Noto Sans";
  text-align:center }
.message { position:relative; padding:2px 48px 2px 72px; margin-top:17px }
.message.continued { margin-top:0 }
.ephemeral { background:#5865f20f; padding-top:6px; padding-bottom:8px }
header { display:flex; align-items:center; line-height:22px }
header b { font-weight:500 }
header time { margin-left:8px; font-size:12px; color:var(--quiet); font-weight:500 }
.tag { margin-left:6px; padding:0 5px; border-radius:4px; background:var(--brand); color:#fff;
  font:600 10.5px/15px "Noto Sans" }
.above { position:relative; display:flex; align-items:center; gap:4px; margin-bottom:6px; font-size:14px;
  line-height:18px;
  color:var(--quiet); white-space:nowrap }
.above::before { content:""; position:absolute; left:-36px; top:8px; width:32px; height:13px;
  border:2px solid var(--bar);
  border-right:0; border-bottom:0; border-top-left-radius:6px }
.above i.avatar { position:static; flex:none; width:16px; height:16px; font:600 9px/16px "Noto Sans" }
.above b { font-weight:500 }
.above .command { display:inline-flex; align-items:center; gap:3px; padding:0 4px; border-radius:4px;
  background:var(--mention);
  color:#b9c2fd; font-weight:500 }
.above .command svg { width:14px; height:14px }
.above .preview { overflow:hidden; text-overflow:ellipsis }
.above .preview * { display:inline; margin:0; font-size:inherit }
.text { white-space:break-spaces; overflow-wrap:break-word }
.text, .text blockquote, .text li, .text h1, .text h2, .text h3, .text .subtext { unicode-bidi:plaintext;
  text-align:left }
.link { color:var(--link) }
strong { font-weight:700 }
.mention { padding:0 2px; border-radius:3px; background:var(--mention); color:#c9cdfb; font-weight:500 }
.timestamp { padding:0 2px; border-radius:3px; background:#ffffff14 }
.spoiler { border-radius:4px; background:#3f4048; color:transparent }
h1, h2, h3 { color:var(--strong); font-weight:700; margin:16px 0 8px; line-height:1.375 }
h1 { font-size:24px } h2 { font-size:20px } h3 { font-size:16px }
.text > h1:first-child, .text > h2:first-child, .text > h3:first-child { margin-top:8px }
.subtext { display:block; font-size:13px; line-height:1.4; color:var(--quiet) }
blockquote { position:relative; margin:0; padding:0 8px 0 16px; max-width:90% }
blockquote::before { content:""; position:absolute; left:0; top:0; bottom:0; width:4px; border-radius:4px;
  background:var(--bar) }
ul, ol { margin:4px 0 0 24px; padding:0; white-space:normal } ul { margin-left:20px }
li { white-space:break-spaces; margin-bottom:4px }
code { font:85%/1.15 "Noto Sans Mono","DejaVu Sans Mono",Consolas,"Noto Sans CJK SC",monospace; padding:1px 3px;
  border-radius:4px;
  background:var(--field); border:1px solid var(--edge); white-space:break-spaces }
pre { margin:6px 0 0; max-width:90% }
pre code { display:block; padding:7px 8px; font-size:14px; line-height:18px; overflow-wrap:break-word }
.row { display:flex; flex-wrap:wrap; gap:8px; margin-top:8px }
.button { display:inline-flex; align-items:center; gap:6px; height:32px; padding:0 12px; border-radius:8px;
  color:#fff;
  font-size:14px; font-weight:500; border:1px solid #ffffff14; white-space:nowrap; background:var(--grey);
  max-width:100% }
.button i { font-style:normal } .button.style1 { background:var(--brand) } .button.style3 { background:#00863a }
.button.style4 { background:#d22d39 } .button.off { opacity:.5 }
.select { display:flex; justify-content:space-between; width:100%; max-width:400px; padding:9px 12px;
  border-radius:8px;
  background:var(--field); border:1px solid var(--edge); color:var(--quiet); font-size:15px; line-height:20px }
.container { max-width:600px; margin-top:6px; padding:16px; border-radius:8px; background:var(--raised);
  border:1px solid var(--edge); display:flex; flex-direction:column; gap:8px }
.container .row { margin-top:0 } .container .text > :first-child { margin-top:0 }
.section { display:flex; gap:16px; align-items:flex-start } .section > div { flex:1; min-width:0 }
.separator.line { border-top:1px solid #3b3b42 } .separator.size1 { margin:4px 0 } .separator.size2 { margin:12px 0 }
.file { display:flex; align-items:center; gap:10px; max-width:432px; margin-top:6px; padding:16px; border-radius:8px;
  background:var(--raised); border:1px solid var(--edge) }
.file svg { width:30px; height:40px; color:#b9c2fd } .file small { display:block }
small { font-size:12px; line-height:16px; color:var(--quiet) }
.textfile { max-width:550px; margin-top:6px; border-radius:8px; background:var(--raised);
  border:1px solid var(--edge);
  overflow:hidden }
.textfile pre { margin:0; max-width:none; padding:8px 10px; background:var(--field); white-space:pre-wrap;
  overflow-wrap:break-word; font:14px/18px "Noto Sans Mono","DejaVu Sans Mono","Noto Sans CJK SC",monospace }
.textfile > div { display:flex; align-items:center; gap:8px; padding:8px 10px; font-size:14px;
  border-top:1px solid var(--edge) }
footer { display:flex; align-items:center; gap:4px; margin-top:6px; font-size:12px; line-height:16px;
  color:var(--quiet);
  white-space:pre }
.phone .message { padding:2px 16px 2px 68px; margin-top:16px }
.phone i.avatar { left:16px }
.phone .above i.avatar { left:auto }
.phone .row { gap:8px } .phone .button { height:36px; padding:0 14px }
.phone blockquote, .phone pre { max-width:100% }
.phone h1 { font-size:22px } .phone h2 { font-size:18px }
.phone .container { padding:12px }
"""
