// What specs use of the package mongodb, in a page: the types of BSON.
export * from 'bson'
export * as BSON from 'bson'
