// node serve.cjs FOLDER KEY: prints the port it listens on. Packages are those of the current folder. Files under private/ are for those who send x-api-key: KEY.
const packages = require('node:module').createRequire(process.cwd() + '/')
const http = require('node:http')
const serve = packages('serve-static')

const [directory, key] = process.argv.slice(2)
const files = serve(directory, { index: false })
const server = http.createServer((request, response) => {
  const refuse = status => response.writeHead(status).end()
  if (request.url.startsWith('/private/') && request.headers['x-api-key'] !== key) return refuse(401)
  files(request, response, () => refuse(404))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
