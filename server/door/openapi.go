package door

import (
	"bytes"
	_ "embed" // of the document
	"net/http"
	"time"
)

// document is the OpenAPI document of everything that a Door answers; `make generate`
// writes it.
//
//go:embed openapi.json
var document []byte

const documentPath = "/openapi.json"

// serveDocument answers with the OpenAPI document, for which nobody needs a key.
func serveDocument(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", contentTag(document))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(document))
}
