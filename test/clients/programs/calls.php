<?php
// GETs one address and POSTs "ahoy" to another, with PHP's streams or its curl; prints both bodies.
[, $way, $get, $post] = $argv;
function curl(string $url, ?string $body): string {
    $call = curl_init($url);
    curl_setopt($call, CURLOPT_RETURNTRANSFER, true);
    if ($body !== null) curl_setopt($call, CURLOPT_POSTFIELDS, $body);
    $answer = curl_exec($call);
    return $answer === false ? curl_error($call) : $answer;
}
if ($way === 'curl') echo curl($get, null), ' ', curl($post, 'ahoy');
else {
    $first = file_get_contents($get);
    $options = stream_context_get_options(stream_context_get_default());
    $options['http']['method'] = 'POST';
    $options['http']['content'] = 'ahoy';
    $options['http']['header'] = array_merge((array) ($options['http']['header'] ?? []), ['Content-Type: text/plain']);
    echo $first, ' ', file_get_contents($post, false, stream_context_create($options));
}
