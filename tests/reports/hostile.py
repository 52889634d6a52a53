"""What a target may put into any text that a report shows."""

SCRIPTS = (
    "<script>document.title='scripted'</script>",
    "</style><script>document.title='scripted'</script>",
    '"><img src=x onerror="document.title=\'scripted\'">',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[link](javascript:alert(1)) [bold red]markup[/]",
)
INVISIBLE = (
    "\x1b[2J\x1b]0;owned\x07",
    "txt.\u202eexe\u202c",
    "zero\u200bwidth\ufeff\u2028line",
    "nul\x00back\x08",
    "\u2066isolate\u2069",
    "half \ud800 surrogate",
    "\U000e0041tag",
)
ENDLESS = "A" * 5_000_000
WIDE = "w" * 400
STRINGS = (*SCRIPTS, *INVISIBLE, WIDE)
