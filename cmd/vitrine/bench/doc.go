// Package bench measures a running server from outside: how much it takes, how
// long its callers wait, and how both compare with an echo of the same messages
// on the same port.
//
// Requests are encoded before they are sent and answers are not decoded, so that
// the client costs as little as it can and the same for server and echo. All
// that is drawn follows from a seed.
package bench
