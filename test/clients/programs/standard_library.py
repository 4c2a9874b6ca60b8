# Python's standard library, which reads its proxy from the environment and its trust from OpenSSL's defaults.
import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1]) as answer:
    sys.stdout.write(answer.read().decode())
request = urllib.request.Request(sys.argv[2], data=b"ahoy", method="POST")
with urllib.request.urlopen(request) as answer:
    sys.stdout.write(" " + answer.read().decode())
