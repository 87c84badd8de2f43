// node serve.cjs FOLDER BUCKET: prints the port it listens on. Packages are those of the current folder.
const packages = require('node:module').createRequire(process.cwd() + '/')
const S3rver = packages('@20minutes/s3rver')
const v4 = packages('@20minutes/s3rver/lib/signature/v4')

// It forgets the slash behind a bucket's name in what was signed.
const toSign = v4.getStringToSign
v4.getStringToSign = (request, signature) => toSign({ ...request, uri: request.uri + request.headers['path-end'] }, signature)

const [directory, bucket] = process.argv.slice(2)
const server = new S3rver({ address: '127.0.0.1', port: 0, directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: bucket, configs: [] }] })
server.middleware.unshift((ctx, next) => {
  ctx.headers['path-end'] = ctx.path.endsWith('/') ? '/' : ''
  return next()
})
server.run().then(({ port }) => console.log(port))
