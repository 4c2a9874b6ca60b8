# requests: trust from REQUESTS_CA_BUNDLE, connections kept in a session, a streamed upload.
import sys
import requests

with requests.Session() as session:
    sys.stdout.write(session.get(sys.argv[1]).text)
    answer = session.post(sys.argv[2], data=iter([b"ah", b"oy"]))
    sys.stdout.write(" " + answer.text)
