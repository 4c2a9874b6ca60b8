# Writes the smallest package that pip takes for one, to the file named.
import sys
import zipfile

info = "anchor-1.2.3.dist-info"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("anchor.py", "holds = True")
    wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: anchor\nVersion: 1.2.3\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(f"{info}/RECORD", "")
