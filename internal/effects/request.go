package effects

import "github.com/cnready/cnready/internal/finding"

// The effects that concern single requests, those that the program makes and
// those that it answers. In brackets: the named values each may have.
const (
	Request EffectKind = "request" // asks a peer and waits for its answer [protocol, client, context, stream: set where the answer is read as it comes; later: set where the client's fields may be set elsewhere]
	Reader  EffectKind = "reader"  // reads requests from connections [server; later: as of a request]
	Exit    EffectKind = "exit"    // ends the process [what: panic where a recover stops it]
	Recover EffectKind = "recover" // stops panics of the handlers of a protocol [protocol]
	State   EffectKind = "state"   // keeps in memory what request handlers change [name, type, holds, change; saved: what saves something where it changes]
)

// The protocols of request handlers: what a panic in one does depends on who
// calls it. net/http recovers it (package net/http, "Handler"), so do the routers
// that run on it; gRPC and fasthttp do not.
const (
	HandlesHTTP     = "http"
	HandlesFastHTTP = "fasthttp"
	HandlesGRPC     = "grpc"
)

// A Handling says that a function runs while a request is answered, and how it
// comes to that.
type Handling struct {
	// Protocol is the handler's, one of HandlesHTTP and the like.
	Protocol string
	// Handler is the id of the request handler, At where it is declared.
	Handler string
	At      finding.Position
	// Calls lead from the handler to the function, outermost first, and Funcs
	// are the functions that they call.
	Calls []finding.Position
	Funcs []string
	// Goroutine is set where one of the calls starts a goroutine: nobody
	// recovers a panic there.
	Goroutine bool
}

// A Store is a change of what lives longer than a call: an element that is put
// into a map, slice or sync.Map that is a field or package variable.
type Store struct {
	// Key is the field "pkg.Type.field" or variable "pkg.name".
	Key string
	At  finding.Position
	// How is what the change does, one of the Store constants.
	How string
	// Value is the named type "pkg.Type" of what is put in, "" for others.
	Value string
	// Holds is set by the type of what is put in where the field's does not
	// tell, see Kept.
	Holds string
	// Saved is a call of the same function that saves something in a store, as
	// source shows it: "s.db.Insert"; "" for none.
	Saved string
}

// What a store does.
const (
	StorePut    = "put"    // puts an element in
	StoreFill   = "fill"   // puts in what was looked up there before and missed
	StoreGrow   = "grow"   // makes the new element of the old one, or appends
	StoreRemove = "remove" // takes an element out
)

// A Kept is a field or package variable that holds many things in memory.
type Kept struct {
	At finding.Position
	// Type is the type as source shows it, Value the named type of its elements,
	// "" for others.
	Type, Value string
	// Holds says what the elements are, one of the Holds constants.
	Holds string
	// Decoded is set for a field that a tag names for a decoder or a database.
	Decoded bool
}

// What a Kept holds.
const (
	HoldsData    = "data"
	HoldsHandles = "handles" // of this process: connections, channels, functions, locks
	HoldsLimits  = "limits"  // rate limiters
	HoldsMeters  = "meters"  // metrics
)
