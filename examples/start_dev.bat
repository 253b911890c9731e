@echo off
rem Starts a Dragonfly-compatible server, waits until it answers, then the application; stops the server after it.
rem Put it beside package.json, and set APP to the command of your application.
setlocal
cd /d "%~dp0"
if not defined APP set "APP=npm run dev"

rem Returns when the server answers PING, or says why it does not and leaves nothing running.
call npx skyfly start --detach
if errorlevel 1 goto failed

rem Proves PING, SET, LPUSH and BRPOP before anything depends on them.
call npx skyfly test --samples 1
if errorlevel 1 goto stop

call %APP%
set "CODE=%ERRORLEVEL%"

rem Saves the data. Leave these three lines out to keep the server running between runs.
call npx skyfly stop
if not "%CODE%"=="0" exit /b %CODE%
exit /b %ERRORLEVEL%

:stop
call npx skyfly stop
:failed
echo The server is not ready, so the application was not started. 1>&2
exit /b 1
