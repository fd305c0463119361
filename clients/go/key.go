package vitrine

import "context"

// apiKey sends the key with every call. Whether the connection may carry it in plain text
// was Options.Insecure's to say.
type apiKey string

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (k apiKey) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(k)}, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (apiKey) RequireTransportSecurity() bool { return false }

// String keeps the key out of logs.
func (apiKey) String() string { return "an API key" }

// GoString likewise.
func (k apiKey) GoString() string { return k.String() }
