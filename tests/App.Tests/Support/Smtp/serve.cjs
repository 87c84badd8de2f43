// node serve.cjs FOLDER MODE PORT: prints the port it listens on; each letter it takes is a JSON file in the folder. Packages are
// those of the current folder. MODE: plain, starttls or tls. A letter to busy@… is put off at first, one to nobody@… refused for good.
const packages = require('node:module').createRequire(process.cwd() + '/')
const fs = require('node:fs')
const path = require('node:path')
const { SMTPServer } = packages('smtp-server')
const PostalMime = packages('postal-mime')

const [directory, mode, port] = process.argv.slice(2)
const later = new Set()
const refuse = (code, said) => Object.assign(new Error(said), { responseCode: code })
const server = new SMTPServer({
  secure: mode === 'tls',
  disabledCommands: mode === 'plain' ? ['STARTTLS'] : [],
  allowInsecureAuth: mode === 'plain',
  authOptional: false,
  logger: false,
  onAuth(auth, session, done) {
    done(auth.username === 'ogf' && auth.password === 'p@ss:word' ? null : refuse(535, 'who are you?'), { user: auth.username })
  },
  onRcptTo(to, session, done) {
    if (to.address.startsWith('nobody@')) return done(refuse(550, 'no such person'))
    if (to.address.startsWith('busy@') && !later.has(to.address)) {
      later.add(to.address)
      return done(refuse(451, 'come again'))
    }
    done()
  },
  onData(stream, session, done) {
    const parts = []
    stream.on('data', part => parts.push(part))
    stream.on('end', async () => {
      const raw = Buffer.concat(parts)
      const read = await PostalMime.parse(raw)
      const file = path.join(directory, `${Date.now()}-${Math.random()}.json`)
      fs.writeFileSync(file + '.part', JSON.stringify({
        from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(one => one.address), secure: session.secure, user: session.user,
        subject: read.subject, text: read.text, html: read.html, id: read.messageId, longest: Math.max(...raw.toString().split('\r\n').map(line => line.length))
      }))
      fs.renameSync(file + '.part', file)
      done()
    })
  }
})
server.on('error', () => {})
server.listen(Number(port), '127.0.0.1', () => console.log(server.server.address().port))
