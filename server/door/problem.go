package door

import (
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// problem is why a request was not done, as RFC 9457 has it. It is an error.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Code is the gRPC code's name, which clients in any language go by.
	Code       string      `json:"code"`
	Violations []violation `json:"violations,omitempty"` // everything that is wrong with the request
	RetryDelay string      `json:"retryDelay,omitempty"` // when to try again: "0.150s"; Retry-After is in whole seconds
	Line       int         `json:"line,omitempty"`       // of the body, from 1, in a stream of lines

	retry  time.Duration
	header http.Header
}

type violation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// Error implements error.
func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// newProblem is one that the door itself finds.
func newProblem(httpStatus int, c codes.Code, detail string) *problem {
	name := code.Code(c).String()
	words := strings.ToLower(strings.ReplaceAll(name, "_", " "))
	return &problem{
		Type: "urn:vitrine:error:" + name, Title: strings.ToUpper(words[:1]) + words[1:],
		Status: httpStatus, Detail: detail, Code: name, header: make(http.Header),
	}
}

// invalid is a request that its caller has to mend.
func invalid(violations ...violation) *problem {
	parts := make([]string, len(violations))
	for i, v := range violations {
		parts[i] = v.Field + ": " + v.Description
	}
	p := newProblem(http.StatusBadRequest, codes.InvalidArgument, strings.Join(parts, "; "))
	p.Violations = violations
	return p
}

// problemOf is what the gRPC server, or the door, made of a call.
func problemOf(err error) *problem {
	if p, is := err.(*problem); is { //nolint:errorlint // the door's own, which nothing wraps
		return p
	}
	st := status.Convert(err)
	p := newProblem(runtime.HTTPStatusFromCode(st.Code()), st.Code(), st.Message())
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				p.Violations = append(p.Violations, violation{v.GetField(), v.GetDescription()})
			}
		case *errdetails.RetryInfo:
			p.retry = d.GetRetryDelay().AsDuration()
		}
	}
	switch {
	case st.Code() == codes.Unauthenticated:
		p.header.Set("WWW-Authenticate", `Bearer realm="vitrine"`)
	case st.Code() == codes.Unavailable && p.retry == 0:
		p.retry = time.Second // another server, or this one again
	case st.Code() == codes.ResourceExhausted && strings.Contains(st.Message(), "larger than max"):
		return tooLarge(st.Message())
	}
	if p.retry > 0 {
		p.RetryDelay = strconv.FormatFloat(p.retry.Seconds(), 'f', 3, 64) + "s"
		p.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
	return p
}

// tooLarge is a message beyond limits.max_message_bytes. To send it again won't help,
// hence the code.
func tooLarge(detail string) *problem {
	return newProblem(http.StatusRequestEntityTooLarge, codes.InvalidArgument, detail)
}

// write answers with the problem, unless an answer has begun.
func (p *problem) write(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range p.header {
		h[name] = values
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(p.json(), '\n')) // the caller may have gone
}

func (p *problem) json() []byte {
	text, err := json.Marshal(p)
	if err != nil { // can't be: it is text and numbers
		return []byte("{}")
	}
	return text
}

// where is how protojson tells the place of a mistake, behind a space of one kind or
// another, which differs from build to build.
var where = regexp.MustCompile(`^proto:[\s\x{a0}]*(syntax error[\s\x{a0}]*)?(?:\(line (\d+):(\d+)\))?:?[\s\x{a0}]*(.*)$`)

// malformed is JSON that can't be read, with the place of the mistake. line is that of a
// stream of lines, from 1; 0 in a single document.
func malformed(err error, line int) *problem {
	place, what := "the body", err.Error()
	if m := where.FindStringSubmatch(what); m != nil {
		what = m[4]
		if m[2] != "" && line > 0 {
			place = "line " + strconv.Itoa(line) + ", column " + m[3]
		} else if m[2] != "" {
			place = "line " + m[2] + ", column " + m[3]
		} else if line > 0 {
			place = "line " + strconv.Itoa(line)
		}
		if m[1] != "" {
			what = "no JSON: " + what
		}
	}
	p := newProblem(http.StatusBadRequest, codes.InvalidArgument, place+": "+what)
	p.Line = line
	return p
}
