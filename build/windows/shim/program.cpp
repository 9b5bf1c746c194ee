// How a program begins where Visual C++'s libcmt is not linked: initializers, the arguments, wmain. With crtshim.cpp.
typedef void (__cdecl *Init)(void);
typedef int (__cdecl *InitE)(void);

extern "C" {
__declspec(dllimport) void _initterm(Init *, Init *);
__declspec(dllimport) int _initterm_e(InitE *, InitE *);
__declspec(dllimport) int _configure_wide_argv(int);
__declspec(dllimport) int _initialize_wide_environment(void);
__declspec(dllimport) int *__p___argc(void);
__declspec(dllimport) wchar_t ***__p___wargv(void);
__declspec(dllimport) void _set_app_type(int);
[[noreturn]] __declspec(dllimport) void exit(int);
extern InitE const __xi_a, __xi_z;
extern Init const __xc_a, __xc_z;
void shim_begin(void);
void __stdcall __dyn_tls_init(void *, unsigned long, void *);
int __cdecl wmain(int, wchar_t **);

int wmainCRTStartup(void)
{
    const int console = 1, unexpanded = 1;
    shim_begin();
    _set_app_type(console);
    _configure_wide_argv(unexpanded);
    _initialize_wide_environment();
    if (_initterm_e((InitE *)&__xi_a, (InitE *)&__xi_z))
        exit(255);
    _initterm((Init *)&__xc_a, (Init *)&__xc_z);
    __dyn_tls_init(0, 2, 0);
    exit(wmain(*__p___argc(), *__p___wargv()));
}
}
