package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/emicklei/dot"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/service"
)

// Graph says who calls whom.
type Graph struct {
	// Nodes are the services and what they call, sorted by id.
	Nodes []GraphNode `json:"nodes"`
	// Edges are the calls, sorted by their ends and places.
	Edges []GraphEdge `json:"edges"`
}

// GraphNode is a service or what services call.
type GraphNode struct {
	// ID is the service's name, the Kind/name of a workload, or a host.
	ID string `json:"id"`
	// Kind says what it is: a service of this directory, a workload that runs
	// something else, a host that nothing here defines.
	Kind string `json:"kind" jsonschema:"enum=service,enum=workload,enum=external"`
	// SharedBy are the services that call it, where it is none itself and there are
	// several.
	SharedBy []string `json:"sharedBy"`
}

// GraphEdge is a call from a service to a node.
type GraphEdge struct {
	From string `json:"from"` // id of the service that calls
	To   string `json:"to"`   // id of what it calls
	// Protocol is http, grpc, redis and so on; "" where it is not known.
	Protocol string `json:"protocol"`
	// Host is what is called, as workload or code give it.
	Host string `json:"host"`
	// Port is a number, "" where none is given.
	Port string `json:"port"`
	// Call is what connects in the code; "" where only a variable names the host.
	Call string `json:"call"`
	// Relative to the checked directory: where the code connects, or where the
	// variable is set.
	File string `json:"file"`
	// 0 where only the file is known.
	Line int `json:"line" jsonschema:"minimum=0"`
	// Setting is the variable, flag or key that gives the address, "" for none.
	Setting string `json:"setting"`
	// Undeclared is true of a host that no manifest here defines while others are.
	Undeclared bool `json:"undeclared"`
	// Unbounded is true where the call has no bound in time (rule notimeout).
	Unbounded bool `json:"unbounded"`
	// Circular is true where the called service calls back, over others too.
	Circular bool `json:"circular"`
}

// GraphOf is a graph as the report has it. unbounded tells the places of calls
// without a bound in time.
func GraphOf(g *service.Graph, unbounded func(finding.Position) bool) Graph {
	out := Graph{Nodes: []GraphNode{}, Edges: []GraphEdge{}}
	for _, n := range g.Nodes {
		shared := n.SharedBy
		if shared == nil {
			shared = []string{}
		}
		out.Nodes = append(out.Nodes, GraphNode{ID: n.ID, Kind: string(n.Kind), SharedBy: shared})
	}
	for _, e := range g.Edges {
		at := e.Call
		if !at.IsValid() {
			at = e.Set
		}
		out.Edges = append(out.Edges, GraphEdge{
			From: e.From, To: e.To, Protocol: e.Protocol, Host: e.Host, Port: e.Port, Call: e.API, File: at.File, Line: at.Line,
			Setting: e.Setting, Undeclared: e.Undeclared, Unbounded: e.Call.IsValid() && unbounded(e.Call), Circular: e.Circular,
		})
	}
	return out
}

// WriteMermaid writes the graph as a Mermaid flowchart, which Markdown of GitHub
// and GitLab shows drawn.
func (g *Graph) WriteMermaid(w io.Writer) error {
	_, err := io.WriteString(w, dot.MermaidFlowchart(g.drawn(true), dot.MermaidLeftToRight))
	return err
}

// WriteDOT writes the graph in the language of Graphviz.
func (g *Graph) WriteDOT(w io.Writer) error {
	_, err := io.WriteString(w, g.drawn(false).String()+"\n")
	return err
}

// drawn is the graph with one arrow for each pair of nodes: services as boxes,
// other workloads rounded, external hosts as ellipses.
func (g *Graph) drawn(mermaid bool) *dot.Graph {
	d := dot.NewGraph(dot.Directed)
	nodes := map[string]dot.Node{}
	for _, n := range g.Nodes {
		node := d.Node(n.ID).Label(n.ID)
		switch {
		case mermaid && n.Kind == string(service.ServiceNode):
			node.Attr("shape", dot.MermaidShapeSubroutine)
		case mermaid && n.Kind == string(service.ExternalNode):
			node.Attr("shape", dot.MermaidShapeStadium)
		case mermaid:
		case n.Kind == string(service.WorkloadNode):
			node.Attr("shape", "box").Attr("style", "rounded")
		case n.Kind == string(service.ExternalNode):
			node.Attr("shape", "ellipse")
		default:
			node.Attr("shape", "box")
		}
		nodes[n.ID] = node
	}
	seen := map[[2]string]bool{}
	for _, e := range g.Edges {
		if pair := [2]string{e.From, e.To}; !seen[pair] {
			seen[pair] = true
			edge := d.Edge(nodes[e.From], nodes[e.To])
			if label := g.label(e.From, e.To); label != "" {
				edge.Label(label)
			}
		}
	}
	return d
}

// label says of the calls between two nodes what is known: the protocol, and what
// is wrong with them.
func (g *Graph) label(from, to string) string {
	var words []string
	add := func(word string, is bool) {
		for _, w := range words {
			is = is && w != word
		}
		if is {
			words = append(words, word)
		}
	}
	for _, e := range g.Edges {
		if e.From == from && e.To == to {
			add(e.Protocol, e.Protocol != "")
		}
	}
	for _, e := range g.Edges {
		if e.From == from && e.To == to {
			add("undeclared", e.Undeclared)
			add("no timeout", e.Unbounded)
			add("circular", e.Circular)
		}
	}
	return strings.Join(words, ", ")
}

// WriteText writes the graph in lines: each service with what it calls, and where.
func (g *Graph) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, n := range g.Nodes {
		if n.Kind != string(service.ServiceNode) {
			continue
		}
		fmt.Fprintf(&b, "%s\n", n.ID)
		calls := 0
		for _, e := range g.Edges {
			if e.From != n.ID {
				continue
			}
			calls++
			host := e.Host
			if e.Port != "" {
				host += ":" + e.Port
			}
			fmt.Fprintf(&b, "  -> %s", e.To)
			if e.Protocol != "" {
				fmt.Fprintf(&b, " by %s", e.Protocol)
			}
			if host != e.To {
				fmt.Fprintf(&b, " at %s", host)
			}
			if e.Setting != "" {
				fmt.Fprintf(&b, ", from %s", e.Setting)
			}
			if e.Call != "" {
				fmt.Fprintf(&b, " (%s at %s:%d)", e.Call, e.File, e.Line)
			} else {
				fmt.Fprintf(&b, " (%s:%d)", e.File, e.Line)
			}
			for _, mark := range []struct {
				is   bool
				text string
			}{{e.Undeclared, "undeclared"}, {e.Unbounded, "no timeout"}, {e.Circular, "circular"}} {
				if mark.is {
					b.WriteString(" [" + mark.text + "]")
				}
			}
			b.WriteString("\n")
		}
		if calls == 0 {
			b.WriteString("  calls nothing that is known\n")
		}
	}
	for _, n := range g.Nodes {
		if len(n.SharedBy) > 0 {
			fmt.Fprintf(&b, "%s is shared by %s\n", n.ID, strings.Join(n.SharedBy, ", "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
