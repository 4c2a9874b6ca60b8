// GETs one address and POSTs "ahoy" to another with net/http; prints both bodies.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func body(answer *http.Response, err error) string {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

func main() {
	first := body(http.Get(os.Args[1]))
	fmt.Print(first, " ", body(http.Post(os.Args[2], "text/plain", strings.NewReader("ahoy"))))
}
