/** Read by Python 2.7 and 3: starts the hook, then makes way for a `sitecustomize` of the user's own. */
export const PYTHON_START = String.raw`# Written by Sallyport for programs under "sallyport run"; goes away with the variable PYTHONPATH.
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
if sys.version_info >= (3, 6):
    try:
        import _sallyport
    except Exception:
        pass
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != _here]
# As if we had not been here: the user's own, or the ImportError that Python expects when there is none.
sys.modules.pop('sitecustomize', None)
import sitecustomize
`;

/** Brings in the clients that follow no proxy variable, each when it is imported. Python 3.6 and later. */
export const PYTHON_HOOK = String.raw`# Written by Sallyport for programs under "sallyport run". Nothing here may print, raise or import anything heavy.
import os
import sys


def _start():
    address = os.environ.get('SALLYPORT_PROXY', '')
    # Whoever set another proxy inside the run means it.
    if not address or (os.environ.get('https_proxy') or os.environ.get('HTTPS_PROXY')) != address:
        return
    login, _, place = address.partition('://')[2].rpartition('@')
    host, _, port = place.rpartition(':')
    proxy = (host.strip('[]'), int(port))
    bundle = os.environ.get('SSL_CERT_FILE', '')

    def passes(name, port):
        """Whether NO_PROXY lets a host go past us."""
        name = (name or '').strip('[]').rstrip('.').lower()
        for entry in (os.environ.get('no_proxy') or os.environ.get('NO_PROXY') or '').replace(',', ' ').split():
            entry = entry.lower()
            if entry == '*' or entry == '%s:%s' % (name, port):
                return True
            entry = entry.lstrip('*').lstrip('.')
            if entry and (name == entry or name.endswith('.' + entry)):
                return True
        return False

    def tunnel(sock, name, port):
        """Asks for a way on; the socket, or None when it was refused."""
        import base64
        from urllib.parse import unquote
        try:
            if not all(ord(letter) < 128 for letter in name):
                name = name.encode('idna').decode('ascii')
            target = ('[%s]:%s' if ':' in name else '%s:%s') % (name, port)
            secret = base64.b64encode(unquote(login).encode('utf-8')).decode('ascii')
            head = 'CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Basic %s\r\n\r\n'
            sock.sendall((head % (target, target, secret)).encode('ascii'))
            answer = b''
            while not answer.endswith(b'\r\n\r\n') and len(answer) < 8192:
                piece = sock.recv(1)
                if not piece:
                    break
                answer += piece
            if answer.split(b' ', 2)[1:2] == [b'200']:
                return sock
        except Exception:
            pass
        sock.close()
        return None

    def dial_with(plain):
        """socket.create_connection, by way of the proxy; directly when the proxy is gone."""
        def dial(target, *args, **options):
            name, port = target[0], target[1]
            if (name, port) == proxy or passes(name, port):
                return plain(target, *args, **options)
            try:
                sock = plain(proxy, *args, **options)
            except OSError:
                sock = None
            return (sock and tunnel(sock, name, port)) or plain(target, *args, **options)
        return dial

    def http_client(module):
        kind = module.HTTPConnection
        connect = kind.connect

        def through(self):
            plain = module.socket.create_connection
            if self._tunnel_host is not None or self._create_connection is not plain:
                return connect(self)
            self._create_connection = dial_with(plain)
            try:
                return connect(self)
            finally:
                self._create_connection = plain
        kind.connect = through

    def urllib3(module):
        kind = module.HTTPConnection
        new_conn = kind._new_conn

        def through(self):
            name, port = self._dns_host, self.port
            proxied = getattr(self, 'proxy', True) is not None or getattr(self, '_tunnel_host', None) is not None
            if proxied or (name, port) == proxy or passes(name, port):
                return new_conn(self)
            self._dns_host, self.port = proxy
            try:
                sock = new_conn(self)
            except Exception:
                sock = None
            finally:
                self._dns_host, self.port = name, port
            return (sock and tunnel(sock, name, port)) or new_conn(self)
        kind._new_conn = through

    def aiohttp(module):
        kind = module.ClientSession
        request = kind._request
        gone = module.ClientProxyConnectionError

        async def through(self, method, str_or_url, **options):
            ours = False
            try:
                if options.get('proxy') is None and not self.trust_env and getattr(self, '_default_proxy', None) is None:
                    # Sockets of the file system, and whoever brings a connector of his own, stay as they are.
                    if type(self.connector) is module.TCPConnector:
                        url = self._build_url(str_or_url)
                        known = bool(url.host) and url.scheme in ('http', 'https', 'ws', 'wss')
                        ours = known and not passes(url.host, url.port)
            except Exception:
                ours = False
            if not ours:
                return await request(self, method, str_or_url, **options)
            try:
                return await request(self, method, str_or_url, **dict(options, proxy=address))
            except gone:
                return await request(self, method, str_or_url, **options)
        kind._request = through

    def certifi(module):
        if not bundle or not os.path.exists(bundle):
            return
        def where():
            return bundle

        def contents():
            with open(bundle, 'r', encoding='ascii', errors='ignore') as file:
                return file.read()
        for part in (module, sys.modules.get('certifi.core')):
            if part is not None:
                part.where, part.contents = where, contents

    def stripe(module):
        # Its own copy of the roots.
        if bundle and os.path.exists(bundle) and hasattr(module, 'ca_bundle_path'):
            module.ca_bundle_path = bundle

    patches = {
        'http.client': http_client,
        'urllib3.connection': urllib3,
        'aiohttp.client': aiohttp,
        'certifi': certifi,
        'stripe': stripe,
    }

    def change(name, module):
        patch = patches.pop(name, None)
        try:
            patch and patch(module)
        except Exception:
            pass

    class Finder(object):
        """Has each of these modules changed right after it was loaded; all else it leaves to the others."""

        @staticmethod
        def find_spec(name, path=None, target=None):
            if name not in patches:
                return None
            for finder in sys.meta_path:
                find = None if finder is Finder else getattr(finder, 'find_spec', None)
                spec = find and find(name, path, target)
                if not spec:
                    continue
                loader = spec.loader
                # Only loaders that serve this one module.
                if type(loader).__name__ in ('SourceFileLoader', 'SourcelessFileLoader'):
                    load = loader.exec_module

                    def exec_module(module):
                        loader.__dict__.pop('exec_module', None)
                        load(module)
                        change(name, module)
                    loader.exec_module = exec_module
                return spec
            return None

    sys.meta_path.insert(0, Finder)
    # What a .pth file imported comes before us.
    for name in [name for name in patches if name in sys.modules]:
        change(name, sys.modules[name])


try:
    _start()
except Exception:
    pass
`;
