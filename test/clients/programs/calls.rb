# GETs one address and POSTs "ahoy" to another with Net::HTTP; prints both bodies.
require 'net/http'
get, post = ARGV.map { |url| URI(url) }
first = Net::HTTP.get(get)
http = Net::HTTP.new(post.host, post.port)
http.use_ssl = post.scheme == 'https'
print "#{first} #{http.post(post.path, 'ahoy', 'Content-Type' => 'text/plain').body}"
