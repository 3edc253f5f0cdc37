"""Texts that break what is built carelessly; our own."""

ODD_TEXTS = {
    "markup": "<b>bold</b> & <a href='x'>y</a> *stars* _under_ `tick` [link](http://x) ~|>#+-=.!\\",
    "braces": "{name} {0} %s %(x)s ${y} {{",
    "emoji": "👩‍👩‍👧‍👦 ❤️‍🔥 🏳️‍🌈 👍🏽 1️⃣",
    "only emoji": "🫖",
    "right to left": "مرحبا، الشاي بارد! \u202eabc\u202c שלום",
    "zalgo": "t̷̢̛e̸͓͝a̵̼͠ ̶̫̈́i̴̲̽s̸̤̆ ̵̙̃c̶̻̒o̴͚̎l̷̹̈́d̶̘̂",
    "chinese": "茶凉了，杯子也缺了个口。请问怎么办？",
    "lines": "one\n\n  two\n\tthree",
    "quotes": "\"double\" 'single' «angled» \\backslash\\ /slash",
}
