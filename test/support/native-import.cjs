/** Node's own `import`, which the test runner does not see: it runs the module hooks, and finds what Node would find. */
exports.nativeImport = (url) => import(url);
