import ts from 'typescript';

export interface UnusedMember {
  readonly file: string;
  readonly line: number;
  /** `Class.member`, or the member alone where its type has no name. */
  readonly name: string;
}

type Member =
  | ts.PropertySignature
  | ts.MethodSignature
  | ts.PropertyDeclaration
  | ts.MethodDeclaration
  | ts.AccessorDeclaration;

interface Candidate {
  readonly node: Member;
  readonly name: string;
  readonly checker: ts.TypeChecker;
}

/** Which members of classes and types are read, by the compiler's knowledge of several programs that share files. */
export class UsedMembers {
  readonly #candidates = new Map<string, Candidate>();
  readonly #read = new Set<string>();
  /** Members that are read, by their name. */
  readonly #readByName = new Map<string, Candidate[]>();

  add(program: ts.Program): void {
    const reader = new ProgramReader(program);
    for (const { node, name } of reader.members()) {
      const key = keyOf(node);
      if (!this.#candidates.has(key)) this.#candidates.set(key, { node, name, checker: reader.checker });
    }
    for (const declaration of reader.read()) {
      if (!isMember(declaration)) continue;
      this.#read.add(keyOf(declaration));
      const name = nameOf(declaration);
      if (name === undefined) continue;
      const same = this.#readByName.get(name) ?? [];
      same.push({ node: declaration, name, checker: reader.checker });
      this.#readByName.set(name, same);
    }
  }

  /** @param isAsked - whether the members of this file count. */
  unused(isAsked: (file: string) => boolean): UnusedMember[] {
    return [...this.#candidates.entries()]
      .filter(([key, { node }]) => isAsked(node.getSourceFile().fileName) && !this.#read.has(key))
      .filter(([, candidate]) => !this.#isReadAsAnother(candidate))
      .map(([, { node, name }]) => {
        const file = node.getSourceFile();
        const { parent } = node;
        const owner =
          ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent) ? parent.name?.getText() : undefined;
        return {
          file: file.fileName,
          line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
          name: owner === undefined ? name : `${owner}.${name}`,
        };
      });
  }

  /** Whoever holds it as another type, a port for one, reads it there. */
  #isReadAsAnother({ node, name, checker }: Candidate): boolean {
    const own = checker.getTypeAtLocation(node.parent);
    return (this.#readByName.get(name) ?? []).some((other) => {
      if (other.checker !== checker) return false;
      const type = checker.getTypeAtLocation(other.node.parent);
      return checker.isTypeAssignableTo(own, type) || checker.isTypeAssignableTo(type, own);
    });
  }
}

class ProgramReader {
  readonly checker: ts.TypeChecker;
  readonly #files: readonly ts.SourceFile[];
  readonly #program: ts.Program;
  readonly #read = new Set<ts.Declaration>();
  readonly #escaped = new Set<ts.Type>();
  readonly #passedOn: { readonly from: ts.Symbol; readonly to: ts.Symbol }[] = [];
  /** An expectation takes anything, and is no use of it. */
  #isInTest = false;

  constructor(program: ts.Program) {
    this.#program = program;
    this.checker = program.getTypeChecker();
    this.#files = program.getSourceFiles().filter((file) => this.#isOurs(file));
  }

  members(): { node: Member; name: string }[] {
    const found: { node: Member; name: string }[] = [];
    const visit = (node: ts.Node): void => {
      // What a class of a package's own calls, nobody here does.
      if (ts.isClassLike(node) && this.#extendsForeign(node)) return;
      if (ts.isTypeLiteralNode(node) && isPattern(node)) return;
      const name = isMember(node) ? nameOf(node) : undefined;
      if (isMember(node) && name !== undefined) found.push({ node, name });
      ts.forEachChild(node, visit);
    };
    this.#files.filter((file) => !isTest(file)).forEach(visit);
    return found;
  }

  /** The declarations of everything that is read somewhere. */
  read(): ReadonlySet<ts.Declaration> {
    const visit = (node: ts.Node): void => {
      this.#visit(node);
      ts.forEachChild(node, visit);
    };
    for (const file of this.#files) {
      this.#isInTest = isTest(file);
      visit(file);
    }
    for (let before = -1; before < this.#read.size;) {
      before = this.#read.size;
      for (const { from, to } of this.#passedOn)
        if (to.declarations?.some((declaration) => this.#read.has(declaration))) this.#use(from);
    }
    return this.#read;
  }

  #isOurs(file: ts.SourceFile): boolean {
    return !file.isDeclarationFile && !this.#program.isSourceFileFromExternalLibrary(file);
  }

  #extendsForeign(node: ts.ClassLikeDeclaration): boolean {
    const type = this.checker.getTypeAtLocation(node);
    return (type.isClassOrInterface() ? this.checker.getBaseTypes(type) : []).some(
      (base) => !this.#isOurType(base),
    );
  }

  #visit(node: ts.Node): void {
    if (ts.isPropertyAccessExpression(node)) {
      if (!isWritten(node)) this.#use(this.checker.getSymbolAtLocation(node.name));
    } else if (ts.isElementAccessExpression(node)) {
      if (ts.isStringLiteralLike(node.argumentExpression)) {
        this.#useOf(this.checker.getTypeAtLocation(node.expression), node.argumentExpression.text);
      } else this.#escape(this.checker.getTypeAtLocation(node.expression));
    } else if (ts.isObjectBindingPattern(node)) this.#visitPattern(node);
    else if (ts.isIndexedAccessTypeNode(node)) this.#visitIndexed(node);
    else if (this.#isInTest) return;
    else if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.KeyOfKeyword) {
      this.#escape(this.checker.getTypeAtLocation(node.type));
    } else if (ts.isTypeReferenceNode(node)) this.#visitReference(node);
    else if (ts.isCallExpression(node) || ts.isNewExpression(node)) this.#visitCall(node);
    else if (ts.isObjectLiteralExpression(node)) this.#visitLiteral(node);
  }

  #visitPattern(pattern: ts.ObjectBindingPattern): void {
    const type = this.checker.getTypeAtLocation(pattern);
    for (const { propertyName, name } of pattern.elements) {
      const read = propertyName ?? name;
      if (ts.isIdentifier(read) || ts.isStringLiteral(read)) this.#useOf(type, read.text);
    }
  }

  #visitIndexed({ objectType, indexType }: ts.IndexedAccessTypeNode): void {
    const index = this.checker.getTypeAtLocation(indexType);
    const type = this.checker.getTypeAtLocation(objectType);
    for (const part of index.isUnion() ? index.types : [index])
      if (part.isStringLiteral()) this.#useOf(type, part.value);
  }

  /** A row or a body whose type a package is told: it reads and writes them. */
  #visitReference({ typeName, typeArguments }: ts.TypeReferenceNode): void {
    if (typeArguments === undefined) return;
    const symbol = this.checker.getSymbolAtLocation(typeName);
    const isOfPackage =
      symbol &&
      (this.#aliased(symbol).declarations ?? []).some((declaration) =>
        this.#program.isSourceFileFromExternalLibrary(declaration.getSourceFile()),
      );
    if (isOfPackage !== true) return;
    for (const argument of typeArguments) this.#escape(this.checker.getTypeAtLocation(argument));
  }

  #aliased(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.checker.getAliasedSymbol(symbol);
  }

  /** What a parameter takes without saying which members it reads, it may read whole. */
  #visitCall(call: ts.CallExpression | ts.NewExpression): void {
    const declaration = this.checker.getResolvedSignature(call)?.declaration;
    const parameters = declaration?.parameters ?? [];
    const isForeign = declaration === undefined || !this.#isOurs(declaration.getSourceFile());
    if (isForeign) {
      for (const argument of call.typeArguments ?? []) this.#escape(this.checker.getTypeAtLocation(argument));
    }
    call.arguments?.forEach((argument, at) => {
      const parameter = parameters[Math.min(at, parameters.length - 1)];
      const type = parameter && this.checker.getTypeAtLocation(parameter);
      if (type === undefined || (isForeign && !this.#isOurType(type)) || takesAnything(type)) {
        this.#escape(this.checker.getTypeAtLocation(argument));
      }
    });
  }

  /** What is passed on under a name that takes anything, or spread into something else. */
  #visitLiteral(literal: ts.ObjectLiteralExpression): void {
    for (const property of literal.properties) {
      if (ts.isSpreadAssignment(property)) this.#visitSpread(property, literal);
      const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
      if (value === undefined) continue;
      const wanted = this.checker.getContextualType(value);
      if (wanted !== undefined && takesAnything(wanted)) this.#escape(this.checker.getTypeAtLocation(value));
    }
    const wanted = this.checker.getContextualType(literal);
    if (wanted !== undefined && (takesAnything(wanted) || !this.#isOurType(wanted)))
      this.#escape(this.checker.getTypeAtLocation(literal));
  }

  /** Read as a member of what it is spread into. Without a type that is wanted there, the literal has the members itself. */
  #visitSpread({ expression }: ts.SpreadAssignment, literal: ts.ObjectLiteralExpression): void {
    const wanted = this.checker.getContextualType(literal);
    if (wanted === undefined) return;
    const parts = wanted.isUnion() ? wanted.types : [wanted];
    for (const from of this.checker.getPropertiesOfType(this.checker.getTypeAtLocation(expression))) {
      for (const part of parts) {
        const to = this.checker.getPropertyOfType(part, from.name);
        if (to === undefined) continue;
        if (to.declarations?.some((declaration) => this.#isOurs(declaration.getSourceFile())) === true)
          this.#passedOn.push({ from, to });
        else this.#use(from);
      }
    }
  }

  #isOurType(type: ts.Type): boolean {
    const declarations = type.aliasSymbol?.declarations ?? type.getSymbol()?.declarations ?? [];
    return declarations.some(
      (declaration) =>
        this.#isOurs(declaration.getSourceFile()) &&
        (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) === 0,
    );
  }

  #useOf(type: ts.Type, name: string): void {
    this.#use(this.checker.getPropertyOfType(this.checker.getApparentType(type), name));
    if (type.isUnion()) for (const part of type.types) this.#use(this.checker.getPropertyOfType(part, name));
  }

  #use(symbol: ts.Symbol | undefined): void {
    for (const declaration of symbol?.declarations ?? []) this.#read.add(declaration);
  }

  /** All of it, and what it is made of. */
  #escape(type: ts.Type): void {
    if (this.#isInTest) return;
    if (this.#escaped.has(type)) return;
    this.#escaped.add(type);
    if (type.isUnionOrIntersection()) {
      type.types.forEach((part) => {
        this.#escape(part);
      });
      return;
    }
    for (const argument of this.checker.getTypeArguments(type as ts.TypeReference)) this.#escape(argument);
    for (const symbol of this.checker.getPropertiesOfType(type)) {
      const ours = (symbol.declarations ?? []).filter((declaration) =>
        this.#isOurs(declaration.getSourceFile()),
      );
      if (ours.length === 0) continue;
      this.#use(symbol);
      this.#escape(this.checker.getTypeOfSymbol(symbol));
    }
  }
}

/** Says what something foreign looks like, or which part of a union is meant: nobody reads by it. */
const isPattern = ({ parent }: ts.TypeLiteralNode): boolean =>
  ts.isAsExpression(parent) ||
  (ts.isTypeReferenceNode(parent) && /^(Extract|Exclude)$/.test(parent.typeName.getText()));

const isMember = (node: ts.Node): node is Member =>
  ts.isPropertySignature(node) ||
  ts.isMethodSignature(node) ||
  ts.isPropertyDeclaration(node) ||
  (ts.isClassLike(node.parent) && (ts.isMethodDeclaration(node) || ts.isAccessor(node)));

/** None for a brand: nobody can read what is never there. */
const nameOf = ({ name, type }: Member): string | undefined =>
  type?.kind === ts.SyntaxKind.NeverKeyword
    ? undefined
    : ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isPrivateIdentifier(name)
      ? name.text
      : undefined;

const isTest = ({ fileName }: ts.SourceFile): boolean => fileName.includes('/test/');

/** The same in every program. */
const keyOf = (node: ts.Node): string => `${node.getSourceFile().fileName}:${String(node.pos)}`;

function takesAnything(type: ts.Type): boolean {
  const open =
    ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive | ts.TypeFlags.TypeParameter;
  if ((type.flags & open) !== 0) return true;
  if (type.isUnion()) return type.types.some(takesAnything);
  return type.getStringIndexType() !== undefined;
}

/** Only set, by a statement or a part of one. */
function isWritten(node: ts.PropertyAccessExpression): boolean {
  const { parent } = node;
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return false;
  return parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}
