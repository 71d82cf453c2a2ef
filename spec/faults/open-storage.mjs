// Opens an adapter in a process of its own: 'lmdb' with a folder, or 'mongodb' with 'url database'.
export async function openStorage(storage, target) {
  if (storage === 'lmdb') {
    const { lmdbAdapter } = await import('cowslip/lmdb')
    const adapter = lmdbAdapter({ path: target })
    return { adapter, close: () => adapter.close() }
  }
  const { mongodbAdapter } = await import('cowslip/mongodb')
  const { MongoClient } = await import('mongodb')
  const [url, database] = target.split(' ')
  const client = await new MongoClient(url, { w: 'majority' }).connect()
  return { adapter: mongodbAdapter(client.db(database)), close: () => client.close() }
}
