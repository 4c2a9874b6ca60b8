# GETs one address and POSTs "ahoy" to another with LWP or HTTP::Tiny; prints both bodies.
use strict;
my ($way, $get, $post) = @ARGV;
if ($way eq 'LWP') {
    require LWP::UserAgent;
    my $agent = LWP::UserAgent->new;
    print $agent->get($get)->decoded_content, ' ', $agent->post($post, Content => 'ahoy')->decoded_content;
} else {
    require HTTP::Tiny;
    my $agent = HTTP::Tiny->new(verify_SSL => 1);
    print $agent->get($get)->{content}, ' ', $agent->post($post, { content => 'ahoy' })->{content};
}
