"""The commonest passwords that are long enough to be chosen here.

Written down by hand, in the image of the lists of leaked passwords that are published every year:
those of at least 12 characters, and the usual lengthenings of the shorter ones, since a rule of 12
characters makes people lengthen them.
"""

__all__ = ["COMMON_PASSWORDS"]

COMMON_PASSWORDS = frozenset(
    """
    000000000000 012345678910 0123456789ab 098765432109 0987654321qw 1111111111111 111222333444
    112233445566 121212121212 123123123123 123123123456 1234512345123 123456123456 1234567654321
    123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 1234567890abc
    1234567890qw 1234567890qwe 1234567890qwerty 123456789101 1234567891011 123456789abc
    123456789asd 123456789qwe 123456abcdef 123456qwerty 123654789632 123qwe123qwe 123qweasdzxc
    147258369147 147852369147 159357258456 1a2b3c4d5e6f 1q2w3e4r5t6y 1q2w3e4r5t6y7u
    1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc
    987654321012 9876543210qw 987654321987 aaaaaaaaaaaa abc123456789 abc123abc123 abcd12345678
    abcd1234abcd abcdef123456 abcdefghijkl abcdefghijklm abcdefghijklmnop
    abcdefghijklmnopqrstuvwxyz admin1234567 admin12345678 adminadminadmin administrator
    administrator1 alexander123 asdf12345678 asdfasdfasdf asdfghjkl123 asdfghjkl1234
    asdfghjklqwe asdfghjklzxc babygirl1234 barcelona123 baseball1234 basketball12 basketball123
    bismillah123 butterfly123 changeme1234 changeme12345 changemechangeme chocolate123
    christopher1 computer1234 contrasena123 correcthorsebatterystaple defaultpassword
    dragon123456 elizabeth123 fingerprint12 football1234 football12345 forgetmenot1 greenapple12
    hello1234567 helloworld12 helloworld123 ihateyou1234 iloveyou1234 iloveyou12345
    iloveyou123456 iloveyouiloveyou jesuschrist1 jesusislord1 justinbieber killer123456
    letmein12345 letmein123456 letmeinletmein liverpool123 liverpoolfc1 lovelovelove
    manchesterunited marlboro1234 master123456 mercedesbenz michael12345 minecraft123
    monkey123456 motdepasse123 mypassword12 mypassword123 mypassword1234 newpassword1
    newpassword12 newpassword123 onetwothreefour p@ssw0rd1234 p@ssw0rd12345 p@ssword1234
    passpasspass passphrase12 passw0rd1234 password0123 password1111 password123! password1234
    password1234! password12345 password123456 password1234567 password12345678
    password123456789 password1234567890 password2020 password2021 password2022 password2023
    password2024 password2025 password2026 passwordpass passwordpassword passwort1234
    passwort12345 pokemon12345 princess1234 q1w2e3r4t5y6 q1w2e3r4t5y6u7 qazwsxedc123
    qazwsxedcrfv qazwsxedcrfvtgb qqqqqqqqqqqq qwe123qwe123 qweasdzxc123 qweqweqweqwe
    qwer12345678 qwer1234qwer qwertasdfgzxcvb qwerty123456 qwerty1234567 qwerty12345678
    qwerty123456789 qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiop[]
    qwertyuiopasdf qwertyuiopasdfgh qwertyuiopasdfghjklzxcvbnm qwertzuiop123 schalke04123
    secret123456 secretpassword security1234 september123 shadow123456 startrek1234 starwars1234
    summer123456 sunshine1234 sunshine12345 superman1234 superman12345 sweetheart12 teiubesc1234
    test12345678 testpassword testpassword1 testtesttest thisismypassword tinkerbell12
    trustno1trustno1 unknown12345 vfhbyjxrf123 volleyball12 welcome1234! welcome12345
    welcome123456 welcometohell whatever1234 winter123456 yourpassword zaq12wsxcde3 zaq1xsw2cde3
    zxcvbnm,./123 zxcvbnm12345 zxcvbnm123456 zxcvbnm1234567 zxcvbnmasdfghjkl zzzzzzzzzzzz
    """.split()  # noqa: SIM905  # a hundred quotes more would help nobody
)
"""In small letters."""
