package app

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// draining is a transport whose end of input waits a moment for the requests
// read before it: the SDK drops their answers once it has seen the end, and a
// script that pipes requests into the server would see nothing.
type draining struct {
	mcp.Transport
	// ending is called right before the session is told of the end of input.
	ending func()
	// ended is closed after that.
	ended chan struct{}
}

// Connect implements mcp.Transport.
func (t *draining) Connect(ctx context.Context) (mcp.Connection, error) {
	inner, err := t.Transport.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &drainingConn{
		Connection: inner,
		ended:      sync.OnceFunc(func() { t.ending(); close(t.ended) }),
		pending:    map[jsonrpc.ID]bool{},
		answered:   make(chan struct{}, 1),
		closed:     make(chan struct{}),
	}, nil
}

type drainingConn struct {
	mcp.Connection
	ended func()

	mu       sync.Mutex
	pending  map[jsonrpc.ID]bool // requests without answer
	answered chan struct{}       // holds a token after an answer

	closeOnce sync.Once
	closed    chan struct{}
}

// Read implements mcp.Connection.
func (c *drainingConn) Read(ctx context.Context) (jsonrpc.Message, error) {
	msg, err := c.Connection.Read(ctx)
	if err != nil {
		if errors.Is(err, io.EOF) {
			c.drain(ctx)
		}
		c.ended()
		return nil, err
	}
	if req, ok := msg.(*jsonrpc.Request); ok && req.IsCall() {
		c.mu.Lock()
		c.pending[req.ID] = true
		c.mu.Unlock()
	}
	return msg, nil
}

// Write implements mcp.Connection.
func (c *drainingConn) Write(ctx context.Context, msg jsonrpc.Message) error {
	err := c.Connection.Write(ctx, msg)
	if response, ok := msg.(*jsonrpc.Response); ok {
		c.mu.Lock()
		delete(c.pending, response.ID)
		c.mu.Unlock()
		select {
		case c.answered <- struct{}{}:
		default:
		}
	}
	return err
}

// Close implements mcp.Connection.
func (c *drainingConn) Close() error {
	c.closeOnce.Do(func() { close(c.closed) })
	return c.Connection.Close()
}

// drain waits until every request is answered, at most inputGrace.
func (c *drainingConn) drain(ctx context.Context) {
	grace := time.NewTimer(inputGrace)
	defer grace.Stop()
	for {
		c.mu.Lock()
		waiting := len(c.pending)
		c.mu.Unlock()
		if waiting == 0 {
			return
		}
		select {
		case <-c.answered:
		case <-c.closed:
			return
		case <-grace.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
