/// Contacts, accounts or leads computed from their number: names, numbers, parents and owners follow from it and the seed.
final class DirectoryGenerator: RowGenerator {
    enum Kind: UInt64 { case contact = 1, account = 2, lead = 3 }

    private let kind: Kind
    private let seed: UInt64
    private let table: TableDefinition
    private let count: UInt64
    private let now: Int64
    /// Who the rows belong to, in turn; with their business unit.
    private let owners: [Reference]
    private let unit: CellValue
    private let creator: CellValue
    /// The accounts contacts can belong to.
    private let accounts: DirectoryGenerator?
    /// By column.
    private var makers: [Int: (UInt64) -> CellValue] = [:]

    init(
        _ kind: Kind, seed: UInt64, table: TableDefinition, count: Int, owners: [Reference], unit: CellValue, creator: CellValue,
        now: Int64, accounts: DirectoryGenerator? = nil
    ) {
        self.kind = kind
        self.seed = seed
        self.table = table
        self.count = UInt64(count)
        self.owners = owners
        self.unit = unit
        self.creator = creator
        self.now = now
        self.accounts = accounts
        super.init()
        makeCommon()
        switch kind {
        case .contact: makeContact()
        case .account: makeAccount()
        case .lead: makeLead()
        }
    }

    // MARK: Keys

    private var high: UInt64 { (seed &* 0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_0000_0000 | 0xD1C7_4000 | kind.rawValue }

    override func id(of ordinal: Int32) -> Guid { Guid(high: high, low: 0x8000_0000_0000_0000 | UInt64(ordinal)) }

    override func ordinal(of id: Guid) -> Int32? {
        guard id.high == high, id.low >> 31 == 1 << 32 else { return nil }
        return Int32(id.low & 0x7FFF_FFFF)
    }

    override func value(_ column: Int, of ordinal: Int32) -> CellValue {
        makers[column]?(UInt64(ordinal)) ?? .null
    }

    // MARK: Finding

    override func ordinals(column: Int, folded text: String) -> [Int32] {
        let name = table.columns[column].name
        if name == "emailaddress1" || name == "accountnumber" { return numbered(text) }
        guard let national = GeneratedRange.national(text) else { return [] }
        switch (kind, name) {
        case (.contact, "mobilephone"): return found(GeneratedRange.contactMobile, national)
        case (.contact, "telephone1"):
            let own = found(GeneratedRange.contactTelephone, national)
            guard let accounts, let account = GeneratedRange.accountTelephone.number(national, seed), account < accounts.count
            else {
                return own
            }
            return own + ordinals(ofAccount: account)
        case (.account, "telephone1"): return found(GeneratedRange.accountTelephone, national)
        case (.lead, "telephone1"): return found(GeneratedRange.leadTelephone, national)
        default: return []
        }
    }

    /// Of `ella.salo.12@example.com` or `a-12`.
    private func numbered(_ text: String) -> [Int32] {
        let part = text.prefix { $0 != "@" }.split { $0 == "." || $0 == "-" }.last ?? ""
        return Int32(part).map { [$0] } ?? []
    }

    private func found(_ range: GeneratedRange, _ national: Substring) -> [Int32] {
        range.number(national, seed).map { [Int32($0)] } ?? []
    }

    override func ordinals(column: Int, _ guid: Guid) -> [Int32] {
        guard kind == .contact, table.columns[column].name == "parentcustomerid", let accounts,
            let account = accounts.ordinal(of: guid), account < accounts.count
        else { return [] }
        return ordinals(ofAccount: UInt64(account))
    }

    /// Those that may belong to it; whoever asks looks at the rows.
    private func ordinals(ofAccount account: UInt64) -> [Int32] {
        guard let accounts else { return [] }
        return stride(from: account, to: count, by: Int(accounts.count)).map { Int32($0) }
    }

    // MARK: Making

    private func make(_ name: String, _ maker: @escaping (UInt64) -> CellValue) {
        if let column = table.column(name) { makers[column] = maker }
    }

    private func makeCommon() {
        let now = now
        let creator = creator
        let unit = unit
        let owners = owners
        make("statecode") { .integer($0 % 97 == 96 ? 1 : 0) }
        make("createdon") { .date(now - Int64($0 % 1000) * 3600) }
        make("modifiedon") { .date(now - Int64($0 % 1000) * 3600) }
        make("createdby") { _ in creator }
        make("modifiedby") { _ in creator }
        make("donotphone") { _ in .bool(false) }
        make("merged") { _ in .bool(false) }
        make("ownerid") { .lookup(owners[Int($0 % UInt64(owners.count))]) }
        make("owninguser") { .lookup(owners[Int($0 % UInt64(owners.count))]) }
        make("owningbusinessunit") { _ in unit }
        let states = table.states
        make("statuscode") { .integer(states[$0 % 97 == 96 ? 1 : 0].statuses[0].value) }
    }

    private func makeNames() {
        make("firstname") { .text(GeneratedNames.first($0)) }
        make("lastname") { .text(GeneratedNames.last($0)) }
        make("fullname") { .text("\(GeneratedNames.first($0)) \(GeneratedNames.last($0))") }
        make("emailaddress1") { .text("\(GeneratedNames.first($0)).\(GeneratedNames.last($0)).\($0)@example.com".lowercased()) }
    }

    private func makeContact() {
        makeNames()
        let seed = seed
        make("mobilephone") { $0 % 7 == 6 ? .null : .text(GeneratedRange.contactMobile.typed($0, seed)) }
        guard let accounts else {
            make("telephone1") { $0 % 3 == 2 ? .null : .text(GeneratedRange.contactTelephone.typed($0, seed)) }
            return
        }
        let companies = accounts
        // Two of three belong to a company; every fifth of those has its switchboard for a number.
        make("parentcustomerid") { number in
            guard number % 3 != 2 else { return .null }
            let id = companies.id(of: Int32(number % companies.count))
            return .lookup(Reference(table: companies.table.index, id: id))
        }
        make("telephone1") { number in
            if number % 3 == 2 { return .null }
            if number % 5 == 0 { return .text(GeneratedRange.accountTelephone.typed(number % companies.count, seed)) }
            return .text(GeneratedRange.contactTelephone.typed(number, seed))
        }
    }

    private func makeAccount() {
        let seed = seed
        make("name") { .text(GeneratedNames.company($0)) }
        make("accountnumber") { .text("A-\($0)") }
        make("telephone1") { .text(GeneratedRange.accountTelephone.typed($0, seed)) }
    }

    private func makeLead() {
        makeNames()
        let seed = seed
        make("subject") { .text("Interest \($0)") }
        make("companyname") { .text(GeneratedNames.company($0)) }
        make("telephone1") { .text(GeneratedRange.leadTelephone.typed($0, seed)) }
    }
}

/// Names made from a number.
enum GeneratedNames {
    private static let firsts = [
        "Aino", "Eino", "Helmi", "Onni", "Sofia", "Leo", "Olivia", "Elias", "Ella", "Oliver", "Ida", "Noel", "Linnea", "Eetu",
        "Venla", "Toivo",
    ]
    private static let lasts = [
        "Korhonen", "Virtanen", "Nieminen", "Laine", "Heikkinen", "Koskinen", "Salo", "Lehtonen", "Niemi", "Rantanen", "Heino",
        "Saarinen", "Aalto",
    ]
    private static let trades = [
        "Bakery", "Shipping", "Forest", "Dairy", "Textile", "Foundry", "Press", "Mill", "Optics", "Tools", "Glass",
    ]

    static func first(_ number: UInt64) -> String { firsts[Int(number % 16)] }
    static func last(_ number: UInt64) -> String { lasts[Int(number / 16 % 13)] }
    static func company(_ number: UInt64) -> String { "\(lasts[Int(number % 13)]) \(trades[Int(number / 13 % 11)]) \(number)" }
}
