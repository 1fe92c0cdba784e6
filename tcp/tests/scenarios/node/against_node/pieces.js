// Pieces that are played on Node's own TCP wraps: `node pieces.js PIECE` prints who saw what, a line each. The scenarios beside
// this file play the same pieces on ours, and compare the lines.
'use strict';

const fs = require('fs');
const { TCP, TCPConnectWrap, constants } = process.binding('tcp_wrap');
const {
  ShutdownWrap, WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync,
} = process.binding('stream_wrap');
const { Providers } = process.binding('async_wrap');
const { errname } = process.binding('uv');

const kept = [];

function said(value) {
  return typeof value === 'number' && value < 0 ? errname(value) : String(value);
}

function note(who, ...what) {
  fs.writeSync(1, `${who}: ${what.map(said).join(' ')}\n`);
}

function make(type = constants.SOCKET) {
  const tcp = new TCP(type);
  kept.push(tcp);
  return tcp;
}

function listening(onconnection) {
  const server = make(constants.SERVER);
  server.bind('127.0.0.1', 0);
  server.onconnection = onconnection;
  server.listen(511);
  const name = {};
  server.getsockname(name);
  return [server, name.port];
}

// Calls back with a port on which nobody listens any more, from the closing phase.
function nobody(then) {
  const [server, port] = listening(() => {});
  server.close(() => then(port));
}

function connect(who, tcp, port, then) {
  const req = new TCPConnectWrap();
  kept.push(req);
  req.oncomplete = (status, handle, same, readable, writable) => {
    const names = handle === tcp && same === req;
    note(who, 'connected', status, names, readable, writable);
    if (then) then();
  };
  return tcp.connect(req, '127.0.0.1', port);
}

function write(who, tcp, size) {
  const req = new WriteWrap();
  req.buffer = Buffer.alloc(size);
  kept.push(req);
  req.oncomplete = (status) => note(who, 'written', status);
  const status = tcp.writeBuffer(req, req.buffer);
  return status === undefined ? 'undefined' : `${said(status)} ${status === 0 && streamBaseState[kLastWriteWasAsync] === 1}`;
}

function shutdown(who, tcp) {
  const req = new ShutdownWrap();
  kept.push(req);
  req.oncomplete = (status) => note(who, 'shut', status);
  return tcp.shutdown(req);
}

function read(who, tcp, then) {
  let bytes = 0;
  tcp.onread = () => {
    const nread = streamBaseState[kReadBytesOrError];
    if (nread > 0) {
      bytes += nread;
      return;
    }
    note(who, 'read', bytes, nread);
    then();
  };
  return tcp.readStart();
}

function close(who, tcp, then) {
  tcp.close(() => {
    note(who, 'closed');
    if (then) then();
  });
}

// Two connected ends.
function connected(then) {
  let peer;
  const client = make();
  let count = 0;
  const ready = () => {
    if (++count === 2) then(client, peer);
  };
  const [server, port] = listening((status, handle) => {
    peer = handle;
    kept.push(peer);
    note('server', 'connection', status, handle instanceof TCP);
    server.close();
    ready();
  });
  connect('client', client, port, ready);
}

function state(who, tcp) {
  note(who, 'fd', tcp.fd >= 0 ? 'open' : `${tcp.fd}`);
  note(who, 'id', tcp.getAsyncId() > 0);
  const provider = tcp.getProviderType();
  const name = Object.keys(Providers).find((key) => Providers[key] === provider);
  note(who, 'provider', name === undefined ? 'NONE' : name);
  note(who, 'hasRef', tcp.hasRef());
}

function methods(who, tcp) {
  note(who, 'readStart', tcp.readStart());
  note(who, 'readStop', tcp.readStop());
  note(who, 'shutdown', shutdown(who, tcp));
  note(who, 'write', write(who, tcp, 5));
  note(who, 'getsockname', tcp.getsockname({}));
  note(who, 'getpeername', tcp.getpeername({}));
  note(who, 'setNoDelay', tcp.setNoDelay(true));
  note(who, 'setKeepAlive', tcp.setKeepAlive(true, 60));
}

function starting(who, tcp) {
  note(who, 'bind', tcp.bind('127.0.0.1', 0));
  note(who, 'bind6', tcp.bind6('::1', 0, 0));
  note(who, 'listen', tcp.listen(511));
  note(who, 'reset', tcp.reset(() => note(who, 'never')));
}

// Runs if something else keeps the loop alive, for more turns than it takes to end.
function whileAlive(then, turns = 10) {
  setTimeout(() => (turns === 0 ? then() : whileAlive(then, turns - 1)), 1).unref();
}

const pieces = {
  values() {
    const tcp = make();
    state('fresh', tcp);
    methods('fresh', tcp);
    state('server', make(constants.SERVER));
    tcp.unref();
    tcp.unref();
    note('fresh', 'hasRef', tcp.hasRef());
    tcp.ref();
    note('fresh', 'hasRef', tcp.hasRef());
    tcp.close(() => {
      state('in', tcp);
      methods('in', tcp);
      starting('in', tcp);
      tcp.close(() => note('in', 'never'));
      setImmediate(() => {
        state('after', tcp);
        methods('after', tcp);
        starting('after', tcp);
        tcp.close(() => note('after', 'never'));
      });
    });
    state('closing', tcp);
    methods('closing', tcp);
    starting('closing', tcp);
    tcp.close(() => note('closing', 'never'));
  },

  binding() {
    const tcp = make();
    for (const ip of ['', '127.0.0', '127.0.0.01', '127.0.0.256', 'localhost', '::1']) {
      note('bind', ip, tcp.bind(ip, 0));
    }
    for (const ip of ['', '127.0.0.1', '::g', '1::2::3', '1:2:3:4:5:6:7:8:9']) {
      note('bind6', ip, tcp.bind6(ip, 0, 0));
    }
    note('bind', '192.0.2.1', tcp.bind('192.0.2.1', 0));
    note('bind', '127.0.0.1', tcp.bind('127.0.0.1', 65536));
    note('bind', 'again', tcp.bind('127.0.0.1', 0));
    state('bound', tcp);
    methods('bound', tcp);
    const name = {};
    tcp.getsockname(name);
    note('bound', name.address, name.family, name.port > 0);
    tcp.close();
    const six = make();
    note('bind6', '::1', six.bind6('::1', 0, constants.UV_TCP_IPV6ONLY));
    six.getsockname(name);
    note('six', name.address, name.family, name.port > 0);
    note('connect', 'bad', make().connect(new TCPConnectWrap(), 'localhost', 80));
    note('connect6', 'bad', make().connect6(new TCPConnectWrap(), '127.0.0.1', 80));
  },

  listening() {
    const server = make(constants.SERVER);
    note('server', 'listen', server.listen(511));
    const name = {};
    server.getsockname(name);
    note('server', name.address, name.family, name.port > 0);
    note('server', 'listen again', server.listen(1));
    state('server', server);
    methods('server', server);
    note('server', 'bind', server.bind('127.0.0.1', 0));
    close('server', server);
  },

  in_use() {
    const [first, port] = listening(() => {});
    for (const who of ['one', 'two', 'three']) {
      const tcp = make();
      note(who, 'bind', tcp.bind('127.0.0.1', port));
      if (who === 'one') note(who, 'getsockname', tcp.getsockname({}));
      if (who === 'two') note(who, 'listen', tcp.listen(511));
      if (who === 'three') {
        note(who, 'connect', connect(who, tcp, port, () => first.close()));
        setImmediate(() => note(who, 'immediate'));
      }
    }
  },

  refused() {
    nobody((port) => {
      const tcp = make();
      note('all', 'connect', connect('all', tcp, port, () => close('all', tcp)));
      note('all', 'second', connect('all', tcp, port));
      note('all', 'readStart', tcp.readStart());
      note('all', 'write', write('all', tcp, 5));
      setImmediate(() => note('all', 'immediate'));
    });
  },

  cancelled() {
    const [server, port] = listening((status, peer) => peer.close());
    const tcp = make();
    note('all', 'connect', connect('all', tcp, port));
    note('all', 'write', write('all', tcp, 5));
    note('all', 'write', write('all', tcp, 6));
    note('all', 'shutdown', shutdown('all', tcp));
    note('all', 'again', shutdown('all', tcp));
    close('all', tcp, () => server.close());
    note('all', 'fd', `${tcp.fd}`);
    setImmediate(() => note('all', 'immediate'));
  },

  // The attempt is given up as Node's net does it: nobody hears of it.
  unheard() {
    const [server, port] = listening((status, peer) => peer.close());
    const tcp = make();
    const req = new TCPConnectWrap();
    req.oncomplete = () => note('all', 'never');
    note('all', 'connect', tcp.connect(req, '127.0.0.1', port));
    req.oncomplete = undefined;
    close('all', tcp, () => server.close());
  },

  connection() {
    connected((client, peer) => {
      const [ours, theirs] = [{}, {}];
      client.getpeername(ours);
      peer.getsockname(theirs);
      note('client', ours.address, ours.family, ours.port === theirs.port);
      state('peer', peer);
      note('client', 'readStart', read('client', client, () => close('client', client)));
      note('client', 'readStart', client.readStart());
      note('client', 'write', write('client', client, 5));
      note('client', 'connect', connect('client', make(), ours.port));
      note('client', 'shutdown', shutdown('client', client));
      note('client', 'shutdown', shutdown('client', client));
      note('client', 'write', write('client', client, 5));
      setImmediate(() => note('client', 'immediate'));
      note('peer', 'readStart', read('peer', peer, () => {
        note('peer', 'write', write('peer', peer, 7));
        note('peer', 'bytes', peer.bytesRead, peer.bytesWritten);
        close('peer', peer);
      }));
    });
  },

  order_of_closing() {
    setImmediate(() => {
      for (const name of ['first', 'second', 'third']) {
        close(name, make());
      }
      const inner = make();
      close('outer', make(), () => {
        setImmediate(() => note('all', 'immediate'));
        close('all', inner);
      });
    });
    const order = [];
    for (const name of ['a', 'b', 'c']) {
      make().close(() => order.push(name));
    }
    setImmediate(() => {
      note('early', order.join(' '));
      setImmediate(() => note('order', order.join(' ')));
    });
  },

  reset() {
    connected((client, peer) => {
      note('client', 'reset', client.reset(() => {
        note('client', 'closed');
        note('client', 'reset', client.reset(() => note('client', 'never')));
      }));
      note('client', 'reset', client.reset(() => note('client', 'never')));
      note('client', 'fd', `${client.fd}`);
      client.close(() => note('client', 'never'));
      read('peer', peer, () => close('peer', peer));
    });
  },

  // Node cannot close a wrap any more whose reset failed, and would not end.
  reset_refused() {
    connected((client, peer) => {
      note('fresh', 'reset', make().reset(() => note('fresh', 'never')));
      note('client', 'shutdown', shutdown('client', client));
      note('client', 'reset', client.reset(() => note('client', 'never')));
      read('peer', peer, () => process.reallyExit(0));
    });
  },

  options() {
    const tcp = make();
    note('tcp', 'setKeepAlive', tcp.setKeepAlive(true, 0));
    tcp.bind('127.0.0.1', 0);
    note('tcp', 'setNoDelay', tcp.setNoDelay(false));
    note('tcp', 'setKeepAlive', tcp.setKeepAlive(true, 1));
    note('tcp', 'setKeepAlive', tcp.setKeepAlive(true, 0));
    note('tcp', 'setKeepAlive', tcp.setKeepAlive(true, 32768));
    note('tcp', 'setKeepAlive', tcp.setKeepAlive(false, 0));
  },

  alive_made() {
    const tcp = make();
    whileAlive(() => note('all', 'alive'));
    note('all', tcp.hasRef());
  },

  alive_bound() {
    make().bind('127.0.0.1', 0);
    whileAlive(() => note('all', 'alive'));
    note('all', 'bound');
  },

  alive_listening() {
    const [server] = listening(() => {});
    whileAlive(() => {
      note('all', 'alive');
      server.close();
    });
  },

  alive_listening_unref() {
    const [server] = listening(() => {});
    server.unref();
    whileAlive(() => note('all', 'alive'));
    note('all', 'listening');
  },

  alive_connecting_unref() {
    nobody((port) => {
      const tcp = make();
      tcp.unref();
      connect('all', tcp, port);
    });
  },

  alive_reading() {
    connected((client, peer) => {
      client.readStart();
      whileAlive(() => {
        note('all', 'alive');
        client.close();
        peer.close();
      });
    });
  },

  alive_reading_unref() {
    connected((client) => {
      client.readStart();
      client.unref();
      whileAlive(() => note('all', 'alive'));
    });
  },

  alive_connected() {
    connected(() => whileAlive(() => note('all', 'alive')));
  },

  alive_writing_unref() {
    connected((client, peer) => {
      note('all', 'write', write('all', client, 64 << 20));
      client.unref();
      whileAlive(() => {
        note('all', 'alive');
        close('all', client);
        peer.close();
      });
    });
  },

  alive_closing_unref() {
    const tcp = make();
    tcp.unref();
    close('all', tcp);
  },
};

pieces[process.argv[2]]();
