package scoring

import (
	"net/url"
	"strings"
)

// ReferrerHost is the host of the page that the visitor came from, in lower case
// and without www: "google.com". Empty when none is told.
func (c *Context) ReferrerHost() string {
	host := c.Referrer
	if u := c.referrer(); u != nil && u.Host != "" {
		host = u.Hostname()
	} else {
		host, _, _ = strings.Cut(host, "/")
	}
	return strings.TrimPrefix(strings.ToLower(host), "www.")
}

func (c *Context) referrer() *url.URL {
	if c.Referrer == "" {
		return nil
	}
	u, err := url.Parse(c.Referrer)
	if err != nil {
		return nil // nothing but a host, or no address at all
	}
	return u
}

// searchParameters are the names under which search engines pass on the words: most
// as q, Yahoo as p, Yandex as text, Baidu as wd; and those of an advertisement's
// keyword.
var searchParameters = [...]string{"q", "query", "search", "utm_term", "p", "text", "wd"}

// ArrivedBy is the words that led the visitor to the shop: the attribute utm_term
// (the keyword of an advertisement), or what the referrer was searched for. Empty
// when none are told.
func (c *Context) ArrivedBy() string {
	if words := c.Attributes["utm_term"]; words != "" {
		return words
	}
	u := c.referrer()
	if u == nil || u.RawQuery == "" {
		return ""
	}
	query := u.Query()
	for _, name := range searchParameters {
		if words := query.Get(name); words != "" {
			return words
		}
	}
	return ""
}
